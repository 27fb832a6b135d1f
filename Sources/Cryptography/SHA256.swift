internal import COpenSSL

/// A hash that nobody can find two inputs for.
///
/// - Source: FIPS 180-4.
public enum SHA256 {
    /// The hash of `bytes`: 32 bytes.
    public static func hash(_ bytes: [UInt8]) -> [UInt8] {
        // SAFETY: OpenSSL reads `bytes.count` bytes and writes exactly 32 into a buffer of 32.
        unsafe [UInt8](unsafeUninitializedCapacity: Int(SHA256_DIGEST_LENGTH)) { digest, count in
            _ = unsafe COpenSSL.SHA256(bytes, bytes.count, digest.baseAddress)
            count = Int(SHA256_DIGEST_LENGTH)
        }
    }
}

/// Random bytes that nobody can guess.
public enum SecureRandom {
    /// Makes `count` random bytes.
    public static func bytes(_ count: Int) -> [UInt8] {
        precondition(count >= 0 && count <= 1 << 20, "random bytes are made up to 1 MiB at a time")
        // SAFETY: OpenSSL writes exactly `count` bytes into a buffer of that size.
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, made in
            let status = unsafe RAND_bytes(buffer.baseAddress, Int32(count))
            precondition(status == 1, "the system gives no random bytes")
            made = count
        }
    }
}

/// Whether two runs of bytes are equal, in a time that tells nothing of where they differ (only of their lengths).
public func constantTimeEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    // SAFETY: both runs have the compared length.
    unsafe left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
}
