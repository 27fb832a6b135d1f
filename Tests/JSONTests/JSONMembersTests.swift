import JSON
import TestSupport
import Testing

/// What an object's members are, each as its own text; `nil` where no text stands for it.
private func members(_ text: String) -> [String] {
    let bytes = Array("..\(text).".utf8)
    var members = JSONMembers(bytes[2..<bytes.count - 1])
    var found: [String] = []
    while let member = members.next() {
        let (name, value) = (bytes[member.name], bytes[member.value])
        found.append(String(decoding: name, as: UTF8.self) + "=" + String(decoding: value, as: UTF8.self))
    }
    return found
}

@Test func membersAreWalkedOverWithoutReadingThem() {
    #expect(members("{}") == [])
    #expect(members(#"{"a":1}"#) == ["a=1"])
    #expect(
        members(#"{"a":"x,}\"","b":[{"c":",]"},2],"d":{"e":{}},"f":null}"#)
            == [#"a="x,}\"""#, #"b=[{"c":",]"},2]"#, #"d={"e":{}}"#, "f=null"])
    #expect(members(#"{"a":"\\","é":true}"#) == [#"a="\\""#, "é=true"])
}

@Test(arguments: [
    "", "{", "[]", "[1]", "{1}", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":}", "{\"a\":\"", "{\"a\":\"\\", "{,}",
])
func whatIsNoObjectHasNoMembers(text: String) {
    #expect(members(text) == [])
}

@Test(arguments: 0..<200 as Range<UInt64>) func damagedObjectsAreWalkedOverWithinTheirBytes(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var bytes = Array(#"{"a":"x\"y","b":[1,{"c":"d"}],"e":{"f":[]},"g":null}"#.utf8)
    for _ in 0..<3 {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] =
            Array("{}[]\",:\\a".utf8)[Int.random(in: 0..<9, using: &random)]
    }
    let slice = bytes[..<Int.random(in: 0...bytes.count, using: &random)]
    var members = JSONMembers(slice)
    var last = 0
    while let member = members.next() {
        #expect(member.name.lowerBound > last && member.value.lowerBound >= member.name.upperBound)
        #expect(member.value.upperBound <= slice.endIndex && !member.value.isEmpty)
        last = member.value.upperBound - 1
    }
}

@Test func membersOfAnObjectAreTakenOver() {
    var writer = JSONWriter()
    writer.beginObject()
    writer.members(of: Array("{}".utf8)[...])
    writer.members(of: Array(#"{"a":1,"b":[2]}"#.utf8)[...])
    writer.members(of: [])
    writer.member("c", 3)
    writer.members(of: Array(#"{"d":4}"#.utf8)[...])
    writer.endObject()
    #expect(String(decoding: writer.bytes, as: UTF8.self) == #"{"a":1,"b":[2],"c":3,"d":4}"#)
}
