/// An amount of money as decimal text, exactly as the provider writes it: no binary fraction ever rounds a price.
public struct Money: Sendable, Hashable {
  /// Decimal text, for instance `"27.00"`.
  public var amount: String
  /// ISO 4217 code, for instance `"CNY"`.
  public var currency: String

  /// - Parameters:
  ///   - amount: decimal text.
  ///   - currency: ISO 4217 code.
  public init(amount: String, currency: String) {
    self.amount = amount
    self.currency = currency
  }
}
