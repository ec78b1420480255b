// swift-tools-version: 6.3
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// What computes for minutes in the tests is optimised there too: scripts/test.sh sets the variable. Never for a user, because
/// SwiftPM takes no dependency with unsafe flags.
let isOptimisedForTests = Context.environment["IMAGESEARCH_OPTIMISED_TESTS"] != nil
let computing: [SwiftSetting] = strict + (isOptimisedForTests ? [.unsafeFlags(["-O"])] : [])
let computingC: [CSetting] = isOptimisedForTests ? [.unsafeFlags(["-O2"])] : []

/// C libraries that only the local index needs.
let codecs: [LinkerSetting] = ["jpeg", "png", "gif", "tiff", "webp"].map {
  .linkedLibrary($0, .when(traits: ["LocalIndex"]))
}

/// Programs that measure the library and fuzz it, for those who work on it: they reach inside by `package` access, which a package beside this
/// one could not, and nobody who depends on it ever builds them. Their scripts set the variable.
let tools: [Target] =
  Context.environment["IMAGESEARCH_TOOLS"] == nil
  ? []
  : [
    .executableTarget(
      name: "ClientBench", dependencies: ["ImageSearch"], path: "Benchmarks/Sources/ClientBench", swiftSettings: strict),
    .executableTarget(
      name: "MatchingBench", dependencies: ["ImageMatching", "Rasters"], path: "Benchmarks/Sources/MatchingBench",
      swiftSettings: strict),
    .systemLibrary(name: "CFuzzDriver", path: "Fuzz/Driver"),
    .executableTarget(
      name: "Fuzzing",
      dependencies: [
        "CFuzzDriver", "CImageSearch", "CImageSearchHeader", "ImageSearch", "ImageIndex", "ImageMatching",
        "ImageCodecs",
        "ImageFormats", "Rasters", "CImageCodecs", "CMappedFile", "CSQLite",
      ],
      path: "Fuzz", exclude: ["Corpus", "Driver"], swiftSettings: strict + [.unsafeFlags(["-sanitize=fuzzer"])],
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])]),
  ]

let package = Package(
  name: "ImageSearch",
  products: [
    .library(name: "ImageSearch", targets: ["ImageSearch"]),
    .library(name: "CImageSearch", type: .dynamic, targets: ["CImageSearch"]),
    // Without the trait, a class that says what to switch on.
    .library(name: "ImageIndex", targets: ["ImageIndex"]),
  ],
  traits: [
    .trait(
      name: "LocalIndex",
      description:
        "The index of the user's own images. Needs SQLite, libjpeg-turbo, libpng, libwebp, giflib and libtiff.")
  ],
  dependencies: [],
  targets: [
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .target(
      name: "ImageSearch", dependencies: ["ImageFormats", "Rasters", "CCurl", "COpenSSL"], swiftSettings: strict),
    .systemLibrary(name: "CImageSearchHeader", path: "include"),
    .target(
      name: "CImageSearch",
      dependencies: [
        "CImageSearchHeader", "ImageSearch", .target(name: "ImageIndex", condition: .when(traits: ["LocalIndex"])),
      ],
      swiftSettings: strict),
    .target(name: "ImageFormats", swiftSettings: strict),
    .target(name: "CRasters", cSettings: computingC),
    .target(name: "Rasters", dependencies: ["CRasters"], swiftSettings: computing),
    .target(name: "CMatchingKernels", cSettings: computingC),
    .target(name: "ImageMatching", dependencies: ["CMatchingKernels", "Rasters"], swiftSettings: computing),
    .target(
      name: "CImageCodecs",
      cSettings: [.define("IMAGESEARCH_LOCAL_INDEX", .when(traits: ["LocalIndex"]))] + computingC,
      linkerSettings: codecs),
    .target(
      name: "ImageCodecs", dependencies: ["ImageFormats", "Rasters", "CRasters", "CImageCodecs"], swiftSettings: strict),
    .target(name: "CMappedFile"),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .target(
      name: "ImageIndex",
      dependencies: [
        "ImageSearch", "ImageMatching", "ImageCodecs", "ImageFormats", "Rasters", "CMappedFile",
        .target(name: "CSQLite", condition: .when(traits: ["LocalIndex"])),
      ],
      swiftSettings: computing),
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
    .testTarget(
      name: "ImageSearchTests", dependencies: ["ImageSearch", "ImageFormats", "TestSupport"], swiftSettings: strict),
    .testTarget(name: "FaultTests", dependencies: ["ImageSearch", "TestSupport"], swiftSettings: strict),
    .testTarget(name: "TestSupportTests", dependencies: ["TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "ImageIndexTests",
      dependencies: ["ImageIndex", "ImageSearch", "ImageMatching", "ImageCodecs", "Rasters", "TestSupport"],
      swiftSettings: strict),
    .testTarget(name: "ImageFormatsTests", dependencies: ["ImageFormats"], swiftSettings: strict),
    .testTarget(name: "RastersTests", dependencies: ["Rasters"], swiftSettings: strict),
    .testTarget(
      name: "ImageMatchingTests", dependencies: ["ImageMatching", "CMatchingKernels", "Rasters"], swiftSettings: strict),
    .testTarget(
      name: "ImageCodecsTests",
      dependencies: ["ImageCodecs", "ImageFormats", "Rasters", "CImageCodecs", "TestSupport"],
      exclude: ["Suites"],
      swiftSettings: strict),
  ] + tools
)
