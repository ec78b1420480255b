/// A blob that stands out in place and scale.
struct Keypoint {
  /// Position in pixels of the working image.
  var x: Float
  var y: Float
  /// Its size: standard deviation in pixels of the working image.
  var sigma: Float
  /// How much it stands out, in gray levels.
  var response: Float
  /// Where in the scale space its patch is read.
  var octave: Int
  var level: Int
}
