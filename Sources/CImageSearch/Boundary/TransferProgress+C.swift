import CImageSearchHeader
import ImageSearch

extension TransferProgress {
  /// Calls `callback` with this progress; its texts live as long as the call.
  func pass(to callback: imagesearch_transfer_callback, _ userData: UnsafeMutableRawPointer?) {
    service.withCString { service in
      operation.withCString { operation in
        var transfer = imagesearch_transfer()
        transfer.struct_size = MemoryLayout<imagesearch_transfer>.size
        transfer.service = service
        transfer.operation = operation
        transfer.attempt = Int32(clamping: attempt)
        transfer.sent_bytes = Int64(sentBytes)
        transfer.bytes_to_send = Int64(bytesToSend)
        transfer.received_bytes = Int64(receivedBytes)
        transfer.bytes_to_receive = Int64(bytesToReceive ?? -1)
        callback(&transfer, userData)
      }
    }
  }
}
