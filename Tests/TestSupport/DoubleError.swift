/// A double could not be started, or rejected a control call.
package struct DoubleError: Error, CustomStringConvertible {
  package let description: String

  init(_ description: String) {
    self.description = description
  }
}
