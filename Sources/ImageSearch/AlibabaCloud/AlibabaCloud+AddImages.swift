/// Adding many images.
extension AlibabaCloud {
  private typealias Job = AlibabaCloudAddRun.Job

  /// Items under way at once; the rate is the limiter's affair.
  private static let concurrentItems = 4

  /// See ``SearchService/addImages(_:options:)``.
  ///
  /// Items are added side by side, the images of one item one after the other; 2018-01-20 sends as many of them in one
  /// request as fit, and one by one when the service refuses them together. What concerns the account (a wrong key, no
  /// capacity left) ends the run: the call throws it when no image was added and none failed for another reason; else the
  /// images that were not sent are in the report with that error.
  public func addImages(_ items: [ImageItem], options: CallOptions) async throws -> AddReport {
    try await additions.call("add images", options, hasTimeoutForEach: true) { options in
      let run = try AlibabaCloudAddRun(items)
      var waiting = run.groups[...]
      await withTaskGroup(of: Void.self) { group in
        for jobs in waiting.prefix(Self.concurrentItems) {
          group.addTask { await self.add(jobs, run, options) }
        }
        waiting = waiting.dropFirst(Self.concurrentItems)
        while await group.next() != nil {
          if let jobs = waiting.popFirst() { group.addTask { await self.add(jobs, run, options) } }
        }
      }
      return try run.report()
    }
  }

  /// The images of one item.
  private func add(_ jobs: [Job], _ run: AlibabaCloudAddRun, _ options: CallOptions) async {
    var batch = Batch()
    for job in jobs where run.stop == nil {
      do {
        let request = try AlibabaCloudAddRequest(job.item, job.image)
        guard apiVersion == .v20180120 else {
          run.added(job, warning: try await add(request, options).warning)
          continue
        }
        try request.validate(apiVersion)
        let part = try await self.part(job, request, options)
        if !batch.takes(part) {
          await send(batch, run, options)
          batch = Batch()
        }
        batch.append(part)
      } catch {
        run.failed(job, additions.owned(error))
      }
    }
    guard !batch.parts.isEmpty, run.stop == nil else { return }
    await send(batch, run, options)
  }

  // MARK: - 2018-01-20: several images in a request

  private struct Part: Sendable {
    let job: Job
    let request: AlibabaCloudAddRequest
    let warning: String?
    /// In the packed body, in bytes: the image, its name twice, and two offsets.
    let length: Int
  }

  private struct Batch {
    private(set) var parts: [Part] = []
    private var length = 0

    /// What images of a request share has to be the same, and the whole has to stay below the service's limit.
    func takes(_ part: Part) -> Bool {
      guard let first = parts.first else { return true }
      let isSame = first.job.itemIndex == part.job.itemIndex && first.request.region == part.request.region
      let isNew = !parts.contains { $0.request.imageName == part.request.imageName }
      return isSame && isNew && length + part.length <= AlibabaCloudLimits.packedBody
    }

    mutating func append(_ part: Part) {
      // The text and the other keys, generously.
      if parts.isEmpty { length = 20_000 }
      parts.append(part)
      length += part.length
    }
  }

  private func part(_ job: Job, _ request: AlibabaCloudAddRequest, _ options: CallOptions) async throws -> Part {
    let ready = try await ready(request.image, try additions.begun(options))
    var request = request
    request.region = try ready.region(request.region)
    request.image = ready.source
    let image = Base64.encodedLength(ready.header.byteCount) ?? .max / 4
    let name = PackedBody.key(ofImage: request.imageName).utf8.count
    return Part(job: job, request: request, warning: ready.warning, length: image + 2 * name + 50)
  }

  private func send(_ batch: Batch, _ run: AlibabaCloudAddRun, _ options: CallOptions) async {
    if await send(batch.parts, run, options) { return }
    // One of them may be to blame, and the answer does not say which.
    for part in batch.parts where run.stop == nil { _ = await send([part], run, options) }
  }

  /// - Returns: `false` when the images have to be tried one by one.
  private func send(_ parts: [Part], _ run: AlibabaCloudAddRun, _ options: CallOptions) async -> Bool {
    do {
      let content = try builder.content(Self.packed(parts.map(\.request)))
      let _: AlibabaCloudAddResponse = try await send(
        "/item/add", content, by: additions, "Code", options)
      for part in parts { run.added(part.job, warning: part.warning) }
    } catch {
      let failure = additions.owned(error)
      if parts.count > 1, failure.httpStatus != nil, !AlibabaCloudAddRun.concernsAll(failure) {
        return false
      }
      for part in parts { run.failed(part.job, failure) }
    }
    return true
  }
}
