/// The background of a transparent image.
package enum ImageBackground: UInt8, Sendable {
  /// The default.
  case white = 255
  /// For an image that is nearly white, for instance a white logo, which would vanish on white.
  case midGray = 128
}
