/// A generation of the interface. They sign, pack and upload differently (docs/sources/alibaba-image-search.md, section 1).
public enum AlibabaCloudVersion: String, Sendable, Hashable, CaseIterable {
  /// The packed body of 2018 (docs/sources/alibaba-image-search.md, section 9): add, search and delete.
  case v20180120 = "2018-01-20"
  /// A form with the image in base64: add, search and delete; the only documented one that needs no second host.
  case v20190325 = "2019-03-25"
  /// Today's: fourteen actions, the image travels through a temporary bucket.
  case v20201214 = "2020-12-14"
}
