/// Decompresses gzip piece by piece, one member after another as `gzip -d` does; zeros after the last are padding.
///
/// - Source: RFC 1952 §2.2.
public struct GunzipStream: ~Copyable {
    private enum Phase: Equatable {
        case atStart
        case inMember
        case afterMember
        case inPadding
        case failed(CompressionError)
    }

    private var inflater = Inflater(.gzip)
    private var phase = Phase.atStart
    private var consumed = 0
    private var produced = 0
    private let limit: Int

    /// Creates a stream out of which at most `limit` bytes may come altogether.
    public init(limit: Int = .max) {
        self.limit = min(max(0, limit), .max - 1)
    }

    /// Takes in the next bytes and gives back what they decode to, possibly nothing.
    ///
    /// After an error every later call throws the same.
    public mutating func feed(_ chunk: [UInt8]) throws(CompressionError) -> [UInt8] {
        var output: [UInt8] = []
        try feed(chunk, appendingTo: &output)
        return output
    }

    /// Takes in the next bytes and appends what they decode to; what came before a damaged place is appended, too.
    ///
    /// After an error every later call throws the same.
    public mutating func feed(
        _ chunk: [UInt8], appendingTo output: inout [UInt8]
    ) throws(CompressionError) {
        if case .failed(let error) = phase { throw error }
        do throws(CompressionError) {
            try decode(chunk, &output)
        } catch {
            phase = .failed(error)
            throw error
        }
    }

    /// Says that there are no more bytes.
    ///
    /// - Throws: `CompressionError.truncated` where the last member is not complete or there was none.
    public mutating func finish() throws(CompressionError) {
        switch phase {
        case .afterMember, .inPadding: return
        case .failed(let error): throw error
        case .atStart, .inMember:
            phase = .failed(.truncated)
            throw .truncated
        }
    }

    private mutating func decode(_ chunk: [UInt8], _ output: inout [UInt8]) throws(CompressionError) {
        var position = 0
        while true {
            switch phase {
            case .atStart, .inMember:
                guard position < chunk.count || phase == .inMember else { return }
                phase = .inMember
            case .afterMember:
                guard position < chunk.count else { return }
                if chunk[position] == 0 {
                    phase = .inPadding
                } else {
                    inflater.reset()
                    phase = .inMember
                }
                continue
            case .inPadding:
                while position < chunk.count {
                    guard chunk[position] == 0 else { throw .damaged(offset: consumed) }
                    position += 1
                    consumed += 1
                }
                return
            case .failed(let error): throw error
            }
            let room = min(max(4 * chunk.count, 16_384), limit - produced + 1)
            let step = inflater.inflate(
                chunk.span.raw.extracting(position...), appendingTo: &output, room: room)
            position += step.consumed
            consumed += step.consumed
            produced += step.produced
            guard produced <= limit else { throw .tooLarge(limit: limit) }
            switch step.outcome {
            case .ended: phase = .afterMember
            case .damaged: throw .damaged(offset: consumed)
            case .going:
                if step.consumed == 0, step.produced == 0 { return }
            }
        }
    }
}
