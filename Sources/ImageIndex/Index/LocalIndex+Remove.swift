#if LocalIndex
  import ImageSearch

  extension LocalIndex {
    /// Removes images in one transaction; what is not there counts as removed.
    ///
    /// - Returns: how many images were there.
    /// - Throws: ``ImageSearchError``: ``ImageSearchError/Code/invalidArgument`` for an identifier that no image can have,
    ///   and the errors of the index; nothing has changed then.
    public func removeImages(_ requests: [RemoveRequest], options: CallOptions) async throws -> Int? {
      try await log.call("removeImages") { try await removeImagesNow(requests, options: options) }
    }

    private func removeImagesNow(_ requests: [RemoveRequest], options: CallOptions) async throws -> Int? {
      let control = try control(options)
      try control.check()
      try refuseWriting()
      for request in requests {
        try TextLimit.checkName("itemID", request.itemID)
        if let name = request.imageName { try TextLimit.checkName("imageName", name) }
      }
      return try await writer.commit(control: control) { [store] commitment in
        try store.write(control, commitment) { transaction in
          var removed = 0
          for request in requests { removed += try transaction.remove(request) }
          if removed > 0 { try transaction.noteChange(of: -removed) }
          return removed
        }
      }
    }
  }
#endif
