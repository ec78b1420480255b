import CImageSearchHeader
import ImageSearch

extension LogEvent {
  /// Calls `callback` with this event; its texts live as long as the call.
  func pass(to callback: imagesearch_log_callback, _ userData: UnsafeMutableRawPointer?) {
    let texts = TextArena()
    var event = imagesearch_log_event()
    event.struct_size = MemoryLayout<imagesearch_log_event>.size
    event.level = level.rawValue
    event.attempt = Int32(clamping: attempt)
    event.http_status = Int32(clamping: httpStatus ?? 0)
    event.duration = duration?.inSeconds ?? .nan
    event.received_bytes = Int64(receivedBytes ?? -1)
    event.line = texts.add(line)
    event.message = texts.add(message)
    event.service = texts.add(service)
    event.operation = texts.add(operation)
    event.request_id = texts.add(requestID)
    withExtendedLifetime(texts) { callback(&event, userData) }
  }
}
