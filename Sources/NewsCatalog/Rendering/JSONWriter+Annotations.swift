public import JSON
public import NewsModel

extension JSONWriter {
    /// Writes the annotations of an article in the public annotations form; spans count Unicode code points.
    ///
    /// `events` and `topics` are empty and `tone` is null as long as no analysis makes them.
    ///
    /// - Parameters:
    ///   - annotations: What was found.
    ///   - article: The article that the spans point into.
    ///   - head: Whether title, authors, source and body are written too, as for a plain text whose parts the reader
    ///     told apart.
    public mutating func annotations(_ annotations: Annotations, of article: Article, head: Bool = false) {
        let offsets = AnnotationOffsets(article)
        beginObject()
        member("id", article.id.description)
        if head {
            member("title", article.title)
            member("authors", article.authors.isEmpty ? annotations.authors : article.authors)
            member("poster", article.poster)
            member("source", article.source)
            member("body", article.body)
        }
        member("language", annotations.language)
        member("published", article.published?.description)
        dateline(annotations, offsets)
        name("sentences")
        beginArray()
        for sentence in annotations.sentences { offsets.write(sentence, to: &self) }
        endArray()
        name("mentions")
        beginArray()
        for mention in annotations.mentions {
            beginObject()
            name("span")
            offsets.write(mention.span, to: &self)
            member("text", offsets.text(mention.span))
            member("entity", annotations.entities[mention.entity].id.description)
            member("kind", mention.kind.name)
            member("rule", mention.rule)
            endObject()
        }
        endArray()
        name("entities")
        beginArray()
        for entity in annotations.entities { articleEntity(entity) }
        endArray()
        quotes(annotations, offsets)
        member("events", [])
        member("topics", [])
        member("countries", annotations.countries)
        name("tone")
        null()
        endObject()
    }

    private mutating func dateline(_ annotations: Annotations, _ offsets: AnnotationOffsets) {
        name("dateline")
        guard let dateline = annotations.dateline else { return null() }
        beginObject()
        member("place", dateline.place.map { annotations.entities[$0].id.description })
        name("span")
        offsets.write(dateline.span, to: &self)
        member("agency", dateline.agency)
        endObject()
    }

    private mutating func articleEntity(_ entity: ArticleEntity) {
        beginObject()
        member("id", entity.id.description)
        member("type", entity.type.name)
        member("name", entity.name)
        member("role", entity.role)
        member("wikidata", entity.wikidata)
        member("country", entity.country)
        member("lat", entity.coordinates?.latitude)
        member("lon", entity.coordinates?.longitude)
        member("count", entity.count)
        member("salience", (entity.salience * 10_000).rounded() / 10_000)
        name("tone")
        null()
        member("provisional", entity.isProvisional)
        endObject()
    }

    private mutating func quotes(_ annotations: Annotations, _ offsets: AnnotationOffsets) {
        name("quotes")
        beginArray()
        for quote in annotations.quotes {
            beginObject()
            name("span")
            offsets.write(quote.span, to: &self)
            member("text", offsets.text(quote.span))
            member("kind", quote.kind.name)
            member("speaker", quote.speaker.map { annotations.entities[$0].id.description })
            name("speaker_span")
            offsets.write(quote.speakerSpan, to: &self)
            member("cue", quote.cue)
            name("cue_span")
            offsets.write(quote.cueSpan, to: &self)
            member("rule", quote.rule)
            member("confidence", quote.confidence)
            endObject()
        }
        endArray()
    }
}
