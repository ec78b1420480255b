import Rasters

extension QueryFeatures {
  /// A stored image as a query, from what is stored of it alone.
  ///
  /// Less is known than of an image at hand: its miniature takes the place of its pixels, and the codes of the turned and mirrored
  /// image come from the miniature.
  package init(stored: ImageFeatures) {
    let spectrum = stored.miniature.flatMap { miniature -> GlobalSpectrum? in
      let plane = Plane(unchecked: miniature.width, miniature.height, miniature.pixels.map(Float.init))
      let size = stored.workingSize
      let (sx, sy) = (Double(miniature.width) / Double(size.width), Double(miniature.height) / Double(size.height))
      let left = max(0, min(miniature.width - 1, Int((Double(stored.trim.x) * sx).rounded())))
      let top = max(0, min(miniature.height - 1, Int((Double(stored.trim.y) * sy).rounded())))
      let right = Int((Double(stored.trim.x + stored.trim.width) * sx).rounded())
      let bottom = Int((Double(stored.trim.y + stored.trim.height) * sy).rounded())
      return GlobalSpectrum(
        of: plane,
        area: PixelRect(
          x: left, y: top, width: max(1, min(miniature.width, right) - left),
          height: max(1, min(miniature.height, bottom) - top)))
    }
    let set = stored.set
    originalWidth = stored.originalWidth
    originalHeight = stored.originalHeight
    region = PixelRect(x: 0, y: 0, width: stored.originalWidth, height: stored.originalHeight)
    upright = set
    mirrored = set.mirrored
    codes = Dihedral.all.map { $0 == .identity ? stored.globalCode : spectrum?.code($0) ?? stored.globalCode }
    codeReliability = spectrum?.reliability ?? 1
    trim = stored.trim
    ownSpace = nil
    plane = nil
    sent = nil
    miniature = stored.miniature
  }
}
