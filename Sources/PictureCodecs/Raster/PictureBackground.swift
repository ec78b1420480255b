/// What shows through where a picture is transparent.
package enum PictureBackground: UInt8, Sendable {
  /// The usual one.
  case white = 255
  /// Under a picture that is itself nearly white, for instance a white logo: on white nothing of it would be left.
  case midGray = 128
}
