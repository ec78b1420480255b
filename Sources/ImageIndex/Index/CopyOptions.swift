#if LocalIndex
  import ImageSearch

  extension LocalIndex {
    /// How a local index is copied into another service.
    public struct CopyOptions: Sendable {
      /// Gives the image of an item; `nil` when it has none. The parameters are item, image name and the path of the file that the
      /// image was added from, when it was one.
      public typealias Provider =
        @Sendable (_ itemID: String, _ imageName: String, _ sourcePath: String?) async throws -> ImageSource?

      /// Where the images come from; `nil`, the default, takes the files that they were added from, if those still have the same
      /// bytes. An index stores no originals.
      public var provider: Provider?
      /// Sends thumbnails where there is nothing better. Default `false`.
      public var sendsThumbnails = false
      /// What was copied is remembered under this name, so that another call with it goes on where this one ended and
      /// copies only what is new; 1...256 characters. `nil`, the default, takes the name of the service: give a name of your own
      /// to copy into two instances of one service.
      public var target: String?
      /// How many images are given to the service in one call, 1...1000. Default 20.
      public var callSize = 20

      /// The defaults.
      public init() {}
    }
  }
#endif
