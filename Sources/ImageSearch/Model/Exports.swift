// Types of the public interface that layers below the core share with it.
@_exported public import struct Rasters.AffineMap
@_exported public import struct Rasters.PixelRect
