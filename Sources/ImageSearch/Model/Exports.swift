// Types of the public interface that layers below the core share with it.
@_exported import struct ImageFormats.ImageFormat
@_exported import struct ImageFormats.ImageHeader
@_exported import struct Rasters.AffineMap
@_exported import struct Rasters.PixelRect
