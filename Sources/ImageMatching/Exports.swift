// The matcher's interface is in terms of rasters.
@_exported public import Rasters

/// The matcher's short name for the map between two images.
public typealias Affine = AffineMap
