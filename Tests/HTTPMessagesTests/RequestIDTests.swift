import HTTPMessages
import TestSupport
import Testing

@Suite struct RequestIDTests {
    @Test func aNumberIsSixteenDigits() {
        var random = SeededGenerator(seed: 1)
        let numbers =
            [0, 9, 10, 15, 16, 0x0123_4567_89AB_CDEF, .max] + (0..<1_000).map { _ in random.next() }
        for number in numbers as [UInt64] {
            let digits = String(number, radix: 16)
            #expect(
                RequestID(number).description == String(repeating: "0", count: 16 - digits.count) + digits)
        }
    }

    @Test func digitsAreWrittenInPlace() {
        var bytes = Array("<................>".utf8)
        RequestID(0xFEDC_BA98_7654_3210).write(over: &bytes, at: 1)
        #expect(String(decoding: bytes, as: UTF8.self) == "<fedcba9876543210>")
    }
}
