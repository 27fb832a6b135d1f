/// What a source of content has to give when it is asked.
public enum ContentPiece: Sendable {
    /// The next bytes: some 16 to 64 KiB where there is more to come, so that a connection holds no more than that.
    case bytes([UInt8])
    /// Nothing yet. The source is asked again when it calls `wake`, and after the time at the latest where one is given.
    case later(Duration?)
    /// There is no more.
    case end
    /// There would be more, but it cannot be had: the client is shown that the content is cut off.
    case failure
}

/// Content that is made piece by piece, as fast as the client takes it and no faster.
///
/// The server calls `start` once, then `next` again and again, never twice at one time and only when the piece before has
/// left for the client. `drain` and `cancel` come from another thread, also while `next` runs.
public protocol ContentSource: AnyObject, Sendable {
    /// Content is wanted now; called on an event loop, so it must not block.
    ///
    /// - Parameter wake: To be called, from any thread, when there is something after a `.later`; a call too many does
    ///   no harm.
    func start(wake: @escaping @Sendable () -> Void)

    /// Makes the next piece; called off the event loops, so it may read the disk and take its time.
    ///
    /// It must not wait for news: that is what `.later` is for. After `.end` and `.failure` it is not called again.
    func next() -> ContentPiece

    /// The server shuts down: a source that would go on for ever ends with its next piece.
    func drain()

    /// The content is of no use any more: the client has gone, or has all of it; called once, on an event loop.
    func cancel()
}

extension ContentSource {
    /// Does nothing: a source that always has something to give need not wake anybody.
    public func start(wake: @escaping @Sendable () -> Void) {}

    /// Does nothing: what ends by itself may run on.
    public func drain() {}

    /// Does nothing: the source is let go.
    public func cancel() {}
}
