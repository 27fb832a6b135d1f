internal import Bytes
internal import HTTPMessages
internal import JSON
internal import NewsCatalog

extension API {
    /// The most bytes that the content of `POST /v1/search` may have.
    static let searchBytes = 64 * 1024

    /// Reads the parameters of `POST /v1/search` from its content.
    ///
    /// - Throws: `Refusal` for content that is no object, for members that are no parameters, and for parameters in
    ///   the target.
    func searchParameters(_ request: Request, of endpoint: EndpointDefinition) throws(Refusal) -> Parameters {
        if let name = request.target.queryItems?.first?.name {
            throw Refusal(
                .unknownParameter,
                "POST \(endpoint.path) takes its parameters as members of the content; found \(Refusal.shown(name)) in "
                    + "the query.", parameter: name)
        }
        let content = try IngestForm(request.fields, of: .search).content(
            request.body, limit: Self.searchBytes)
        try checkSearchBytes(content.count)
        guard content.contains(where: { !$0.isWhitespace }) else {
            throw Refusal(
                .emptyDocument,
                "The content holds nothing; send an object with the parameters, such as {\"q\": \"treaty\"}.")
        }
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONParser(depthLimit: 8).parse(content)
        } catch {
            var refusal = Refusal(.badDocument, "Expected \(error.expected).", offset: error.offset)
            refusal.line = error.line(in: content)
            throw refusal
        }
        guard let object = value.object else {
            throw Refusal(
                .badDocument, "Expected an object with the parameters, found \(value.kindName).", offset: 0)
        }
        return try Parameters(object, of: endpoint)
    }

    /// Refuses content of a search that is too long to be read.
    func checkSearchBytes(_ count: Int) throws(Refusal) {
        guard count > Self.searchBytes else { return }
        throw Refusal(
            .contentTooLarge,
            "The content of a search has at most \(Self.searchBytes) bytes; found \(count).")
    }

    /// `POST /v1/search`: the list of `GET /v1/articles`.
    func search(_ context: ReadContext) throws(Refusal) -> Reply {
        do throws(Refusal) {
            return try articles(context)
        } catch {
            throw error.located(in: context.parameters)
        }
    }
}

extension Refusal {
    /// The same with the place in the content at which the parameter stands, where it came in one.
    func located(in parameters: Parameters) -> Refusal {
        guard pointer == nil, let parameter else { return self }
        var located = self
        located.pointer = parameters.pointer(parameter)
        return located
    }
}
