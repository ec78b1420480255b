// The matcher's interface is in terms of rasters.
@_exported import Rasters

/// The matcher's short name for the map between two images.
public typealias Affine = AffineMap
