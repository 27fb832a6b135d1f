internal import Glibc
internal import Synchronization

/// What a person sees: standard output and standard error.
enum Terminal {
    /// The first error that kept standard output from being written; 0 while there is none.
    private static let outputError = Atomic<Int32>(0)

    /// Whether nothing more can be written to standard output.
    static var outputIsGone: Bool { outputError.load(ordering: .relaxed) != 0 }

    /// Why standard output could not be written; `nil` where it could, or its reader has had enough.
    static var outputFailure: Int32? {
        let code = outputError.load(ordering: .relaxed)
        return code == 0 || code == EPIPE ? nil : code
    }

    /// Whether standard output goes to a person's screen.
    static var outputIsScreen: Bool { isatty(1) == 1 }

    /// Whether standard error goes to a person's screen.
    static var errorIsScreen: Bool { isatty(2) == 1 }

    /// Writes a line to standard error, over any progress line.
    static func complain(_ text: String) {
        write((errorIsScreen ? "\r\u{1B}[K" : "") + text + "\n", to: 2)
    }

    /// Writes over the last line of standard error.
    static func progress(_ text: String) {
        write(errorIsScreen ? "\r\u{1B}[K" + text : text + "\n", to: 2)
    }

    /// Writes text to standard output.
    static func print(_ text: String) {
        write(text, to: 1)
    }

    /// Writes bytes to standard output.
    static func print(_ bytes: [UInt8]) {
        write(bytes, to: 1)
    }

    private static func write(_ text: String, to descriptor: Int32) {
        write(Array(text.utf8), to: descriptor)
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            // SAFETY: the pointer is the slice's storage, valid for `raw.count` bytes until the closure returns.
            let written = unsafe rest.withUnsafeBytes { raw in
                unsafe Glibc.write(descriptor, raw.baseAddress, raw.count)
            }
            let code = errno
            if written < 0, code != EINTR {
                if descriptor == 1 { outputError.store(code, ordering: .relaxed) }
                return
            }
            rest = rest.dropFirst(max(0, written))
        }
    }
}

extension Int {
    /// The number with a comma between thousands.
    var grouped: String {
        let digits = String(magnitude)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return (self < 0 ? "-" : "") + text
    }
}

extension Duration {
    /// The duration in seconds.
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}

extension Double {
    /// The number with one digit after the point.
    var short: String {
        let tenths = Int((self * 10).rounded())
        return "\(tenths / 10).\(abs(tenths % 10))"
    }
}
