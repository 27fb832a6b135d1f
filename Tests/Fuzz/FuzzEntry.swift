import Glibc

/// The property that the environment names; the first one where it names none.
private let property: FuzzProperty = {
    // SAFETY: the text that getenv returns is read at once, and nothing here changes the environment.
    let name = unsafe getenv("FUZZ_TARGET").map { unsafe String(cString: $0) }
    return name.flatMap(FuzzProperty.init) ?? .head
}()

/// What libFuzzer calls with each input that it makes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // SAFETY: libFuzzer lends `count` bytes at `start` until this returns; they are copied.
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    if let reason = property.check(bytes) { fatalError("\(property): \(reason)") }
    return 0
}
