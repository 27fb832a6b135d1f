import Testing

@testable import HTTPWire

@Suite struct IPAddressTests {
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
        ("::", "::"),
        ("::1", "::1"), ("2001:DB8::0:1", "2001:db8::1"), ("1::", "1::"),
        ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
        ("1:0:0:4:0:0:0:8", "1:0:0:4::8"), ("1:0:0:4:5:0:0:8", "1::4:5:0:0:8"),
        ("1:0:3:4:5:6:7:8", "1:0:3:4:5:6:7:8"),
        ("::ffff:192.0.2.1", "192.0.2.1"), ("::ffff:c000:201", "192.0.2.1"),
        ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
        ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
    ])
    func addressesAreReadAndWritten(text: String, canonical: String) {
        #expect(IPAddress(text)?.description == canonical)
        #expect(IPAddress(canonical) == IPAddress(text))
    }

    @Test(arguments: [
        "", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4 ", " 1.2.3.4", "1.2.3.+4", "1..3.4",
        "a.b.c.d", ":",
        ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "1:2:3:4:5:6:7::8", "12345::", "g::", "1:",
        ":1", "[::1]",
        "::1%eth0", "::1.2.3", "1.2.3.4::", "::+1", "::-0", "1:2:3:4:5:6:7:1.2.3.4", "localhost", "unknown",
        "１.2.3.4",
    ])
    func othersAreRefused(text: String) { #expect(IPAddress(text) == nil) }

    @Test func bytesAreReadInNetworkOrder() {
        #expect(IPAddress([192, 0, 2, 1])?.description == "192.0.2.1")
        #expect(IPAddress([0x20, 1] + [UInt8](repeating: 0, count: 13) + [1])?.description == "2001::1")
        #expect(IPAddress([UInt8](repeating: 0, count: 5)) == nil)
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.0", false),
        ("192.0.2.1", "192.0.2.1", true),
        ("192.0.2.1", "192.0.2.2", false), ("0.0.0.0/0", "8.8.8.8", true), ("0.0.0.0/0", "::1", false),
        ("::/0", "::1", true), ("::/0", "1.2.3.4", true), ("2001:db8::/32", "2001:db8:ffff::1", true),
        ("2001:db8::/32", "2001:db9::", false), ("2001:db8::/65", "2001:db8::7fff:0:0:1", true),
        ("2001:db8::/65", "2001:db8::8000:0:0:1", false), ("2001:db8::/64", "2001:db8::8000:0:0:1", true),
        ("::1/128", "::1", true), ("10.0.0.0/8", "::ffff:10.1.1.1", true),
        ("192.0.2.128/25", "192.0.2.127", false),
    ])
    func networksHoldAddresses(network: String, address: String, isInside: Bool) throws {
        #expect(try #require(IPNetwork(network)).contains(try #require(IPAddress(address))) == isInside)
    }

    @Test(arguments: [
        "", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/08", "10.0.0.1/8",
        "::1/64", "::/129",
        "10.0.0.0/8/8", "localhost", "10.0.0.0/255.0.0.0",
    ])
    func otherNetworksAreRefused(text: String) { #expect(IPNetwork(text) == nil) }
}
