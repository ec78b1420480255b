#if LocalIndex
  import PictureCodecs

  extension LocalIndexConfiguration {
    /// What a picture may cost.
    var limits: PictureLimits {
      var limits = PictureLimits()
      limits.maximumFileSize = maximumPictureBytes
      limits.maximumPixels = maximumPixels
      return limits
    }
  }
#endif
