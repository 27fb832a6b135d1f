internal import HTTPMessages
public import NewsCatalog
internal import Synchronization
internal import TextAnalysis

/// Where the API finds the catalog; empty until it has been opened, so that the server can listen before.
public final class CatalogSlot: Sendable {
    /// A catalog with what is made from its gazetteer once.
    final class Serving: Sendable {
        let catalog: Catalog
        let codes: EntityCodes
        let bell = ChangeBell()

        init(_ catalog: Catalog) {
            self.catalog = catalog
            codes = EntityCodes(catalog.analyzer.gazetteer)
        }
    }

    private let content = AtomicLazyReference<Serving>()
    /// Begins anew whenever what the catalog would answer may have changed.
    let epoch = Epoch()
    private let observers = Mutex<[@Sendable (CatalogSnapshot) -> Void]>([])

    /// Creates an empty slot.
    public init() {}

    /// Creates a slot with a catalog.
    public convenience init(_ catalog: Catalog) {
        self.init()
        fill(catalog)
    }

    /// Puts the catalog in, once.
    public func fill(_ catalog: Catalog) {
        catalog.whenPublished { [epoch] in epoch.advance() }
        let serving = Serving(catalog)
        catalog.whenPublished { [bell = serving.bell] in bell.ring() }
        catalog.whenPublished { [weak self, weak catalog] in
            guard let self, let newest = catalog?.current else { return }
            for observer in observers.withLock({ $0 }) { observer(newest) }
        }
        _ = content.storeIfNil(serving)
        epoch.advance()
    }

    /// Has `observer` called with each new state, on the writer's thread, which it must not hold up.
    func whenPublished(_ observer: @escaping @Sendable (CatalogSnapshot) -> Void) {
        observers.withLock { $0.append(observer) }
    }

    /// The catalog, or `nil` while it is being opened.
    var serving: Serving? { content.load() }
}
