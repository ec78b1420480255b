#if LocalIndex
  import ImageCodecs

  extension LocalIndexConfiguration {
    /// What an image may cost.
    var limits: ImageLimits {
      var limits = ImageLimits()
      limits.maximumFileSize = maximumImageBytes
      limits.maximumPixels = maximumPixels
      return limits
    }
  }
#endif
