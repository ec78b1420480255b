import Glibc

@testable import ImageSearch

/// Any bytes as the response to every call; the first byte selects the HTTP status.
func fuzzAlibabaAnswers(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
  let bytes = [UInt8](UnsafeBufferPointer(start: data, count: size))
  guard let first = bytes.first else { return 0 }
  let statuses = [200, 200, 200, 400, 403, 409, 500, 503]
  let response = TransportResponse(
    status: statuses[Int(first) % statuses.count], headers: [("x-acs-retry-after", String(bytes.count))],
    body: Array(bytes.dropFirst()))
  if case .success(let answer) = read(response, AlibabaCloudSearchResponse.self) {
    for match in answer.matches {
      guard let score = match.common.score else { continue }
      guard (0...100).contains(score) else { abort() }
    }
  }
  if case .success(let answer) = read(response, AlibabaCloudInstanceResponse.self) {
    guard (answer.quota.remaining ?? 0) >= 0 else { abort() }
  }
  _ = read(response, AlibabaCloudAddResponse.self)
  _ = read(response, AlibabaCloudUpdateResponse.self)
  _ = read(response, AlibabaCloudDeleteResponse.self)
  _ = read(response, AlibabaCloudExistenceResponse.self)
  _ = read(response, AlibabaCloudComparisonResponse.self)
  _ = read(response, AlibabaCloudJobResponse.self)
  _ = read(response, AlibabaCloudJobListResponse.self)
  if case .success(let grant) = read(response, AlibabaCloudUploadGrant.self) { _ = try? grant.address(scheme: "https") }
  _ = AlibabaCloudUploadGrant.read(response)
  return 0
}

private func read<Response: AlibabaCloudResponse>(
  _ response: TransportResponse, _ type: Response.Type
) -> Result<Response, ProviderFailure> {
  AlibabaCloudErrors.read(response, as: type, part: "part")
}

func seedsOfAlibabaAnswers() -> [(String, [UInt8])] { numbered(answers) }

// The first character selects the status: a space is 200, $ is 403.
private let answers = [
  """
   {"RequestId":"R","Success":true,"Code":0,"Msg":"success","Head":{"DocsFound":10,"DocsReturn":10,"SearchTime":95},
  "PicInfo":{"Region":"1,2,3,4","CategoryId":4,"MultiRegion":[{"Region":"1,2,3,4"}],"AllCategories":[{"Id":0,"Name":"T"}]},
  "Auctions":[{"ProductId":"p","PicName":"n","CategoryId":4,"CustomContent":"c","IntAttr":5,"StrAttr":"s","Score":0.98,
  "SortExprValues":"5.3e24;0"}]}
  """,
  """
   {"Code":0,"PicInfo":{"Category":"8","AllCategory":{"Category":[{"Name":"B","Id":"3"}]}},
  "Auctions":{"Auction":[{"CustContent":"t","PicName":"n","CatId":"3","ProductId":"p"}]}}
  """,
  #" {"Code":0,"Exists":true,"Auctions":{"ProductId":"p"},"Score":0.5,"Data":{"PicNames":["a"],"Id":"1"}}"#,
  #" {"Instance":{"Name":"i","Capacity":10,"TotalCount":9,"Qps":5,"UtcCreate":"1592465940000"}}"#,
  #" {"Data":{"PageNumber":1,"Increments":{"Instance":[{"Id":1,"UtcModified":1}]},"DumpMetaList":[{"Id":1,"MetaUrl":"u"}]}}"#,
  #" {"AccessKeyId":"a","Bucket":"b","EncodedPolicy":"c","Endpoint":"e.example","ObjectKey":"k","Signature":"s"}"#,
  ##"#{"Code":"DeniedRequest","Message":"server string to sign is: x","RequestId":"R"}"##,
  "$<Error><Code>AccessDenied</Code><Message>m</Message><RequestId>R</RequestId></Error>",
]
