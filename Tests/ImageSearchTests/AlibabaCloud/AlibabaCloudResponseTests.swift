import FoundationEssentials
import Testing

@testable import ImageSearch

@Suite struct AlibabaCloudResponseTests {
  private func read<Response: AlibabaCloudResponse>(_ text: String, as type: Response.Type) throws -> Response {
    try AlibabaCloudErrors.read(TransportResponse(status: 200, body: Array(text.utf8)), as: type, part: "part").get()
  }

  @Test func searchesOf2020() throws {
    let text = """
      {"RequestId":"R1","Success":true,"Code":0,"Msg":"success","Unknown":[1],
       "Head":{"DocsFound":10,"DocsReturn":"10000","SearchTime":95},
       "PicInfo":{"Region":"280,486,232,351","CategoryId":4,"MultiRegion":[{"Region":"1,2,3,4"},{"Region":"5,6,7,8"}],
        "AllCategories":[{"Id":0,"Name":"Tops"},{"Id":"88888888","Name":"Other"}]},
       "Auctions":[
        {"ProductId":"p1","PicName":"a.jpg","CategoryId":4,"CustomContent":"{\\"k\\":1}","IntAttr":56,"IntAttr4":"7",
         "StrAttr":"red","StrAttr2":"","Score":0.9876,"SortExprValues":"5.37633353624177e+24;0"},
        {"ProductId":"p2","Score":"1.5"}, "not a match", {}]}
      """
    let response = try read(text, as: AlibabaCloudSearchResponse.self)
    #expect(response.envelope.requestID == "R1")
    #expect(response.envelope.message == "success")
    #expect(response.envelope.code == "0")
    #expect(response.envelope.raw == Array(text.utf8))
    #expect(response.head == AlibabaCloudHead(docsReturn: 10_000, docsFound: 10, searchTime: 95))
    #expect(response.image?.region == "280,486,232,351")
    #expect(response.image?.categoryID == "4")
    #expect(response.image?.regions == ["1,2,3,4", "5,6,7,8"])
    #expect(response.image?.categories.last == AlibabaCloudCategory(id: "88888888", name: "Other"))
    #expect(response.matches.count == 3)
    let match = response.matches[0]
    #expect(match.attributes.intAttr == 56)
    #expect(match.attributes.intAttr4 == 7)
    #expect(match.attributes.strAttr == "red")
    #expect(match.attributes.strAttr2 == "")
    #expect(match.relevance == 5.37633353624177e+24)
    #expect(match.common.itemID == "p1")
    #expect(match.common.imageName == "a.jpg")
    #expect(match.common.category == "4")
    #expect(match.common.customContent == "{\"k\":1}")
    #expect(abs((match.common.score ?? 0) - 98.76) < 1e-9)
    #expect(response.matches[1].common.score == 100)
    #expect(response.matches[2].common.score == nil)
  }

  @Test func searchesOf2018NestTheListDeeperAndHaveOtherNames() throws {
    let text = """
      {"Head":{"DocsReturn":1,"DocsFound":2,"SearchTime":9},"Code":0,"Success":true,"RequestId":"R",
       "PicInfo":{"Category":"88888888","Region":"1,2,3,4","AllCategory":{"Category":[{"Name":"Bag","Id":"3"}]}},
       "Auctions":{"Auction":[{"CustContent":"text","PicName":"n","CatId":"3","ProductId":"p","SortExprValues":"5.3e24;0"}]}}
      """
    let response = try read(text, as: AlibabaCloudSearchResponse.self)
    #expect(response.image?.categoryID == "88888888")
    #expect(response.image?.categories == [AlibabaCloudCategory(id: "3", name: "Bag")])
    #expect(response.matches.count == 1)
    #expect(response.matches[0].common.category == "3")
    #expect(response.matches[0].common.customContent == "text")
    // A relevance without a scale is not a score.
    #expect(response.matches[0].common.score == nil)
    #expect(response.matches[0].relevance == 5.3e24)
  }

  @Test func noMatchIsAnEmptyList() throws {
    for list in ["[]", "{}", "{\"Auction\":[]}", "null", "\"\""] {
      let response = try read("{\"Code\":0,\"Auctions\":\(list)}", as: AlibabaCloudSearchResponse.self)
      #expect(response.matches.isEmpty)
    }
  }

  @Test func theOtherAnswers() throws {
    let added = try read(
      #"{"Code":0,"Message":"success","PicInfo":{"CategoryId":4,"Region":"1,2,3,4"}}"#, as: AlibabaCloudAddResponse.self
    )
    #expect(added.image?.categoryID == "4")
    let deleted = try read(#"{"Code":0,"Data":{"PicNames":["a","b"]}}"#, as: AlibabaCloudDeleteResponse.self)
    #expect(deleted.imageNames == ["a", "b"])
    #expect(try read(#"{"Code":0}"#, as: AlibabaCloudDeleteResponse.self).imageNames == nil)
    let exists = try read(
      #"{"Code":0,"Exists":true,"Auctions":{"ProductId":"p","PicName":"n","IntAttr":1}}"#,
      as: AlibabaCloudExistenceResponse.self)
    #expect(exists.exists)
    #expect(exists.match?.imageName == "n")
    #expect(try read(#"{"Code":0,"Exists":false}"#, as: AlibabaCloudExistenceResponse.self).match == nil)
    #expect(try read(#"{"Code":0,"Score":"0.5"}"#, as: AlibabaCloudComparisonResponse.self).score == 0.5)
    #expect(throws: ProviderFailure.self) { try read(#"{"Code":0}"#, as: AlibabaCloudComparisonResponse.self) }
    #expect(throws: ProviderFailure.self) { try read(#"{"Code":0}"#, as: AlibabaCloudExistenceResponse.self) }
  }

  @Test func theInstance() throws {
    let text = """
      {"RequestId":"R","Success":true,"Instance":{"Name":"i","Region":"cn-shanghai","Capacity":10,"TotalCount":99999,"Qps":5,
       "ServiceType":0,"UtcCreate":"1592465940000","UtcExpireTime":"1592465940001"}}
      """
    let response = try read(text, as: AlibabaCloudInstanceResponse.self)
    #expect(response.remainingCapacity == 1)
    #expect(response.created == 1_592_465_940_000)
    #expect(response.quota == Quota(unit: .images, remaining: 1, perSecond: 5))
    func left(_ capacity: String, _ count: String) throws -> Int? {
      try read(
        "{\"Instance\":{\"Capacity\":\(capacity),\"TotalCount\":\(count)}}", as: AlibabaCloudInstanceResponse.self
      ).remainingCapacity
    }
    #expect(try left("1", "10001") == 0)
    #expect(try left("9223372036854775807", "0") == nil)
    #expect(try left("-1", "0") == nil)
    #expect(try left("\"1\"", "null") == nil)
    #expect(throws: ProviderFailure.self) { try read("{}", as: AlibabaCloudInstanceResponse.self) }
  }

  @Test func theJobs() throws {
    let increase = try read(
      #"{"Data":{"Id":"12","IncrementStatus":"PROCESSING"}}"#, as: AlibabaCloudJobResponse.self)
    #expect(increase.id == "12")
    #expect(increase.status == "PROCESSING")
    let list = try read(
      """
      {"Data":{"PageNumber":1,"PageSize":10,"TotalCount":1,"Increments":{"Instance":[{"Id":12,"Code":"0","Msg":"m",
       "Status":"SUCCESS","BucketName":"b","Path":"/p","CallbackAddress":"c","ErrorUrl":"e","UtcCreate":"15","UtcModified":16}]}}}
      """, as: AlibabaCloudJobListResponse.self)
    #expect(list.totalCount == 1)
    #expect(list.jobs.first?.id == "12")
    #expect(list.jobs.first?.created == 15)
    #expect(list.jobs.first?.modified == 16)
    let dump = try read(#"{"Data":{"Id":"3","DumpMetaStatus":"PROCESSING"}}"#, as: AlibabaCloudJobResponse.self)
    #expect(dump.id == "3")
    let dumps = try read(
      #"{"Data":{"DumpMetaList":[{"Id":3,"MetaUrl":"https://u","Status":"SUCCESS","UtcCreate":"1"}]}}"#,
      as: AlibabaCloudJobListResponse.self)
    #expect(dumps.jobs.first?.metaURL == "https://u")
    #expect(dumps.jobs.first?.id == "3")
  }

  @Test func rubbishIsAnErrorAndNeverATrap() {
    let values = ["1e999", "-1", "9223372036854775808", "null", "[]", "{}", "\"\"", "true", "1.5", "[[[[]]]]"]
    let keys = [
      "Code", "Success", "Auctions", "Head", "PicInfo", "Score", "Exists", "Instance", "Data", "Message", "RequestId",
    ]
    for key in keys {
      for value in values {
        let response = TransportResponse(status: 200, body: Array("{\"\(key)\":\(value)}".utf8))
        _ = AlibabaCloudErrors.read(response, as: AlibabaCloudSearchResponse.self, part: "p")
        _ = AlibabaCloudErrors.read(response, as: AlibabaCloudInstanceResponse.self, part: "p")
        _ = AlibabaCloudErrors.read(response, as: AlibabaCloudDeleteResponse.self, part: "p")
        _ = AlibabaCloudErrors.read(response, as: AlibabaCloudJobListResponse.self, part: "p")
        _ = AlibabaCloudErrors.read(response, as: AlibabaCloudJobListResponse.self, part: "p")
        _ = AlibabaCloudErrors.read(response, as: AlibabaCloudUploadGrant.self, part: "p")
        _ = AlibabaCloudUploadGrant.read(TransportResponse(status: 400, body: response.body))
      }
    }
  }
}
