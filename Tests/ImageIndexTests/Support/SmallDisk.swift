#if LocalIndex && canImport(Glibc)
  import FoundationEssentials
  import Glibc

  /// A small file system in memory, if the system permits mounting one.
  final class SmallDisk {
    private let folder: TemporaryFolder
    var path: String { folder.path }

    struct MountError: Error { let number: Int32 }

    static let isPossible: Bool = (try? SmallDisk(megabytes: 1)) != nil

    init(megabytes: Int) throws {
      folder = try TemporaryFolder()
      guard mount("tmpfs", folder.path, "tmpfs", 0, "size=\(megabytes)m") == 0 else { throw MountError(number: errno) }
    }

    func grow(megabytes: Int) throws {
      guard mount("tmpfs", folder.path, "tmpfs", UInt(MS_REMOUNT), "size=\(megabytes)m") == 0 else {
        throw MountError(number: errno)
      }
    }

    // Lazily, because an index may not have closed all of its files yet.
    deinit { umount2(folder.path, Int32(MNT_DETACH)) }
  }
#endif
