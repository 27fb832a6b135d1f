import Testing
import Transport

@testable import HTTPServer

@Suite struct ReportIntervalTests {
    @Test func letsOneReportThroughInAnInterval() {
        let reports = ReportInterval(.nanoseconds(10))
        let allowed = (5..<30).filter { reports.allows(at: MonotonicTime(nanoseconds: $0)) }
        #expect(allowed == [5, 15, 25])
    }
}
