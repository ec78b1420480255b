#if LocalIndex
  import Glibc
  import ImageSearch
  import ImageCodecs
  import ImageMatching
  import Testing

  @testable import ImageIndex

  /// Images that a service rejects are converted to ones that it accepts.
  @Suite struct CodecImagePreparingTests {
    private let rules = ImagePreflight(
      service: "S", formats: [.jpeg], allowsOrientation: false, maximumBytes: 12_000, sides: 40...200)

    /// A JPEG that EXIF rotates by 90°.
    private func turned(_ jpeg: [UInt8]) -> [UInt8] {
      let directory: [UInt8] = [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 1, 18, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0]
      let segment = Array("Exif\0\0".utf8) + directory
      return [0xFF, 0xD8, 0xFF, 0xE1, 0, UInt8(segment.count + 2)] + segment + jpeg[2...]
    }

    private func repaired(_ source: ImageSource) async throws -> ImageHeader? {
      try rules.check(try await CodecImagePreparing().prepare(source, rules: rules, deadline: nil))
    }

    @Test func largeAndTurnedImagesAreMadeToFit() async throws {
      let large = try Drawing(seed: 3).jpeg(320, 160)
      #expect(throws: ImageSearchError.self) { try rules.check(.bytes(large)) }
      let fitting = try #require(try await repaired(.bytes(large)))
      #expect(fitting.width == 200)
      #expect(fitting.height == 100)
      let upright = try #require(try await repaired(.bytes(turned(try Drawing(seed: 3).jpeg(160, 80)))))
      #expect(upright.width == 80)
      #expect(upright.height == 160)
      #expect(upright.orientation == 1)
    }

    @Test func filesAreReadAndRefused() async throws {
      let folder = try TemporaryFolder()
      let path = folder.path + "/image.jpg"
      let bytes = try Drawing(seed: 3).jpeg(320, 160)
      let file = try #require(fopen(path, "w"))
      fwrite(bytes, 1, bytes.count, file)
      fclose(file)
      #expect(try await repaired(.file(path))?.width == 200)
      let narrow = await #expect(throws: ImageSearchError.self) {
        try await repaired(.bytes(try Drawing(seed: 3).jpeg(600, 60)))
      }
      #expect(narrow?.code == .imageTooSmall)
      let text = await #expect(throws: ImageSearchError.self) { try await repaired(.bytes(Array("no image".utf8))) }
      #expect(text?.code == .notAnImage)
      await #expect(throws: ImageSearchError.self) { try await repaired(.file(folder.path + "/nowhere")) }
    }

    /// The call returns however long a codec works, and borrowed memory is not used afterwards.
    @Test func anEndIsNotWaitedFor() async throws {
      let preparing = try CodecImagePreparing()
      let large = try Drawing(seed: 3).jpeg(3000, 2000)
      let lent = UnsafeMutableRawBufferPointer.allocate(byteCount: large.count, alignment: 1)
      lent.copyBytes(from: large)
      let source = ImageSource.borrowed(UnsafeRawBufferPointer(lent), name: nil)
      let late = await #expect(throws: ImageSearchError.self) {
        try await preparing.prepare(source, rules: rules, deadline: .after(.milliseconds(2)))
      }
      #expect(late?.code == .deadlineExceeded && late?.service == "")
      let call = Task { [rules] in try await preparing.prepare(source, rules: rules, deadline: nil) }
      call.cancel()
      let cancelled = await #expect(throws: ImageSearchError.self) { try await call.value }
      #expect(cancelled?.code == .cancelled)
      lent.initializeMemory(as: UInt8.self, repeating: 0)
      lent.deallocate()
      preparing.close()
      let closed = await #expect(throws: ImageSearchError.self) {
        try await preparing.prepare(.bytes(large), rules: rules, deadline: nil)
      }
      #expect(closed?.code == .closed && closed?.service == "")
    }

    @Test func whatFitsStaysAsItIs() async throws {
      let bytes = try Drawing(seed: 3).jpeg(160, 80)
      let same = try await CodecImagePreparing().prepare(.bytes(bytes), rules: rules, deadline: nil)
      #expect(try same.contents(upTo: 1 << 20) == bytes)
      var options = AlibabaCloud.Options()
      #expect(options.preparation == nil)
      options.preparesImages = true
      #expect(try options.preparation?() is CodecImagePreparing)
    }
  }
#endif
