import HTTPMessages
import Testing

/// W3C Trace Context §3.2, with the cases of its validation suite.
@Suite struct TraceContextTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let parent = "00f067aa0ba902b7"

    @Test(arguments: [
        ("00-\(trace)-\(parent)-01", true),
        ("00-\(trace)-\(parent)-00", false),
        // §3.2.2.5: flags that are not known are ignored.
        ("00-\(trace)-\(parent)-ff", true),
        ("00-\(trace)-\(parent)-fe", false),
        // §3.2.4: a later version is read as far as this one goes.
        ("01-\(trace)-\(parent)-01", true),
        ("cc-\(trace)-\(parent)-01-what-the-future-will-be-like", true),
        ("cc-\(trace)-\(parent)-01-", true),
        ("fe-\(trace)-\(parent)-00", false),
    ])
    func isRead(_ text: String, _ isSampled: Bool) throws {
        let context = try #require(TraceContext(traceparent: text))
        #expect(context.traceHigh == 0x4bf9_2f35_77b3_4da6 && context.traceLow == 0xa3ce_929d_0e0e_4736)
        #expect(context.parent == 0x00f0_67aa_0ba9_02b7)
        #expect(context.isSampled == isSampled)
    }

    /// Half a number may be 0.
    @Test func onlyAllZeroesAreNoNumber() {
        for trace in ["00000000000000000000000000000001", "00000000000000010000000000000000"] {
            #expect(TraceContext(traceparent: "00-\(trace)-0000000000000001-00") != nil)
        }
    }

    @Test(arguments: [
        "", "-", "00", "00-", "00-\(trace)", "00-\(trace)-\(parent)", "00-\(trace)-\(parent)-",
        "00-\(trace)-\(parent)-1",
        // §3.2.2.2: version 00 ends after its flags, and ff is none.
        "00-\(trace)-\(parent)-01-", "00-\(trace)-\(parent)-01-x", "00-\(trace)-\(parent)-01.",
        "ff-\(trace)-\(parent)-01", "cc-\(trace)-\(parent)-01.what", "cc-\(trace)-\(parent)-010",
        "0-\(trace)-\(parent)-01", "000-\(trace)-\(parent)-01", ".0-\(trace)-\(parent)-01",
        // §3.2.2.3, §3.2.2.4: all zero is invalid.
        "00-00000000000000000000000000000000-\(parent)-01", "00-\(trace)-0000000000000000-01",
        // HEXDIGLC: no capitals.
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-\(parent)-01", "00-\(trace)-00F067AA0BA902B7-01",
        "00-\(trace)-\(parent)-0A", "CC-\(trace)-\(parent)-01",
        // Of other lengths, or with other bytes.
        "00-\(trace)0-\(parent)-01", "00-\(trace.dropLast())-\(parent)-01", "00-\(trace)-\(parent)0-01",
        "00-\(trace)-\(parent.dropLast())-01", "00-\(trace.dropLast())g-\(parent)-01",
        "00-\(trace)-\(parent)-0x",
        "00_\(trace)_\(parent)_01", "00-\(trace)-\(parent)-01 ", " 00-\(trace)-\(parent)-01",
        "00-\(trace)-\(parent)-01,00-\(trace)-\(parent)-01", "00-\(trace)-\(parent)-é1",
        "00-+bf92f3577b34da6a3ce929d0e0e4736-\(parent)-01",
    ])
    func isRefused(_ text: String) {
        #expect(TraceContext(traceparent: text) == nil)
    }
}
