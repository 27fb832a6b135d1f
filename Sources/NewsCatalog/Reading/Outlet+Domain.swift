internal import Bytes
public import NewsModel

extension Outlet {
    /// The host of a URL in lower case, without "www." and the port; `nil` where there is none.
    public static func domain(ofURL url: String) -> String? {
        guard let mark = url.range(of: "://") else { return nil }
        let authority = url[mark.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let host = authority.split(separator: "@").last ?? ""
        let name = host.prefix { $0 != ":" }.lowercased()
        guard name.contains("."),
            name.utf8.allSatisfy({ $0.isLetter || $0.isDigit || $0 == 0x2E || $0 == 0x2D || $0 >= 0x80 })
        else { return nil }
        return name.hasPrefix("www.") ? String(name.dropFirst(4)) : name
    }
}

extension String {
    /// Where `text` first occurs.
    func range(of text: String) -> Range<String.Index>? {
        let wanted = Array(text.utf8)
        var start = utf8.startIndex
        while start != utf8.endIndex {
            if utf8[start...].starts(with: wanted) {
                return start..<utf8.index(start, offsetBy: wanted.count)
            }
            start = utf8.index(after: start)
        }
        return nil
    }
}
