/// What shows through where an image is transparent.
package enum ImageBackground: UInt8, Sendable {
  /// The usual one.
  case white = 255
  /// Under an image that is itself nearly white, for instance a white logo: on white nothing of it would be left.
  case midGray = 128
}
