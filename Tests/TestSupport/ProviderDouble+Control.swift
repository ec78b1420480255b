import FoundationEssentials

/// The control interface; paths follow `/_double/`.
extension ProviderDouble {
  /// - Returns: the answer's body.
  /// - Throws: `DoubleError` with the double's words when it refuses.
  @discardableResult
  package func get(_ path: String) throws -> Data {
    try PlainHTTP.exchange(port: port, method: "GET", path: "/_double/" + path)
  }

  /// - Parameter json: the call's body.
  /// - Throws: `DoubleError` with the double's words when it refuses, for instance an unknown key.
  @discardableResult
  package func post(_ path: String, _ json: String = "{}") throws -> Data {
    try PlainHTTP.exchange(port: port, method: "POST", path: "/_double/" + path, body: json)
  }

  /// Changes settings: a JSON object.
  package func set(_ json: String) throws {
    try post("settings", json)
  }

  /// Scripts the answers of the next matching requests: a JSON object or a list of them.
  package func script(_ json: String) throws {
    try post("script", json)
  }

  /// Back to the start state: settings, script, log, quota, paid counter.
  package func reset() throws {
    try post("reset")
  }

  /// What was charged since the start or the last reset.
  package func paid() throws -> Int {
    struct Paid: Decodable { var paid: Int }
    return try JSONDecoder().decode(Paid.self, from: get("paid")).paid
  }

  /// The requests received since the start or the last reset, oldest first; control calls are not among them.
  package func requests() throws -> [RecordedRequest] {
    struct Log: Decodable { var requests: [RecordedRequest] }
    return try JSONDecoder().decode(Log.self, from: get("log")).requests
  }

  /// The bytes of an image that the double has made; the README lists their names.
  package func image(_ name: String) throws -> Data {
    try get("images/" + name)
  }
}
