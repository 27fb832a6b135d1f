/// How many descriptors the process may have open.
public enum DescriptorLimit {
    /// Raises the limit as far as the process may by itself: the usual soft limit of 1024 is for programs
    /// that use `select`, and a server would meet it first.
    ///
    /// - Returns: The limit that now holds, or `nil` where it is not known.
    public static func raise() -> Int? {
        let limit = SystemCalls.raiseDescriptorLimit()
        return limit >= 0 ? Int(limit) : nil
    }
}

/// A descriptor kept so that it can be given up when there are none left.
public struct ReserveDescriptor: ~Copyable {
    private var descriptor: Int32

    /// Opens the reserve, if the system allows.
    public init() {
        descriptor = SystemCalls.reserve()
    }

    /// Whether there is one.
    public var isHeld: Bool { descriptor >= 0 }

    /// Gives it up.
    public mutating func release() {
        if descriptor >= 0 { SystemCalls.close(descriptor) }
        descriptor = -1
    }

    /// Takes it again.
    public mutating func restore() {
        if descriptor < 0 { descriptor = SystemCalls.reserve() }
    }

    deinit {
        if descriptor >= 0 { SystemCalls.close(descriptor) }
    }
}
