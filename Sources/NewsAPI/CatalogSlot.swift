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
        _ = content.storeIfNil(serving)
        epoch.advance()
    }

    /// The catalog, or `nil` while it is being opened.
    var serving: Serving? { content.load() }
}
