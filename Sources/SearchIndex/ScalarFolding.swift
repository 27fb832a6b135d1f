/// What each Unicode scalar comes to in a term.
///
/// Scalars below U+2000 are looked up in a table that is made once, from the standard library's properties and the
/// foldings below; the few others are worked out each time.
struct ScalarFolding: Sendable {
    /// What the scanner does with a scalar.
    enum Part: Equatable {
        /// It ends a term.
        case separator
        /// It vanishes, and does not end a term: soft hyphens, joiners, combining accents, Hebrew's marks of abbreviation.
        case ignored
        /// It goes into the term as one to eight bytes of UTF-8, the first in the lowest byte.
        case letters(UInt64)
        /// It is a term by itself, of a script that is written without spaces.
        case single(UInt64)
    }

    static let shared = ScalarFolding()

    // One entry for each scalar below `limit`: 0 separates, 1 is ignored, others are the bytes of the letters.
    private let table: [UInt64]
    private static let limit = 0x2000

    private init() {
        var folded: [UInt32: UInt64] = [:]
        for (base, variants) in Self.foldings {
            for scalar in variants.unicodeScalars { folded[scalar.value] = Self.packed(base.unicodeScalars) }
        }
        table = (0..<UInt32(Self.limit)).map { value in
            switch Unicode.Scalar(value).map({ Self.work(out: $0, folded) }) {
            case .letters(let bytes), .single(let bytes): bytes
            case .ignored: 1
            case .separator, nil: 0
            }
        }
    }

    /// What `scalar` comes to.
    subscript(scalar: Unicode.Scalar) -> Part {
        guard scalar.value >= Self.limit else {
            switch table[Int(scalar.value)] {
            case 0: return .separator
            case 1: return .ignored
            case let bytes:
                return Self.isWithoutSpaces(scalar.value) && bytes > 0x39 ? .single(bytes) : .letters(bytes)
            }
        }
        switch scalar.value {
        case 0x200C, 0x200D, 0x2060, 0xFEFF, 0x20D0...0x20FF, 0xFE00...0xFE0F, 0xFE20...0xFE2F,
            0x3099, 0x309A, 0xFF9E, 0xFF9F, 0xE0100...0xE01EF:
            return .ignored
        case 0x2000...0x206F: return .separator
        case 0x3005, 0x3007, 0x3041...0x3096, 0x309D...0x309F, 0x30A1...0x30FA, 0x30FC...0x30FF,
            0x3105...0x312F,
            0x31A0...0x31BF, 0x31F0...0x31FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xAC00...0xD7A3,
            0xF900...0xFAFF, 0x20000...0x3FFFD:
            return .single(Self.packed(CollectionOfOne(scalar)))
        case 0xFF66...0xFF9D:
            return .single(Self.packed(CollectionOfOne(Self.wide[Int(scalar.value - 0xFF66)])))
        case 0xFB00...0xFB06:
            let ligatures = ["ff", "fi", "fl", "ffi", "ffl", "st", "st"]
            return .letters(Self.packed(ligatures[Int(scalar.value - 0xFB00)].unicodeScalars))
        case 0xFF10...0xFF19: return .letters(UInt64(scalar.value - 0xFF10 + 0x30))
        case 0xFF21...0xFF3A: return .letters(UInt64(scalar.value - 0xFF21 + 0x61))
        case 0xFF41...0xFF5A: return .letters(UInt64(scalar.value - 0xFF41 + 0x61))
        default: return Self.work(out: scalar, [:])
        }
    }

    /// Whether a scalar below `limit` is of a script without spaces between words: Thai, Lao, Burmese, Khmer.
    private static func isWithoutSpaces(_ value: UInt32) -> Bool {
        guard value >= 0xE00 else { return false }
        return value < 0xF00 || (0x1000...0x109F).contains(value) || (0x1780...0x17FF).contains(value)
    }

    /// The katakana that are written narrow from U+FF66 on.
    private static let wide = Array(
        "ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン"
            .unicodeScalars)

    private static func work(out scalar: Unicode.Scalar, _ folded: [UInt32: UInt64]) -> Part {
        switch scalar.value {
        case 0xAD, 0x2B0...0x36F, 0x591...0x5BD, 0x5BF, 0x5C1, 0x5C2, 0x5C4, 0x5C5, 0x5C7, 0x640,
            0x64B...0x65F,
            0x5F3, 0x5F4, 0x670, 0x6D6...0x6DC, 0x6DF...0x6E4, 0x6E7, 0x6E8, 0x6EA...0x6ED, 0x1AB0...0x1AFF,
            0x1DC0...0x1DFF:
            return .ignored
        default: break
        }
        if scalar.properties.generalCategory == .decimalNumber, let digit = scalar.properties.numericValue {
            return .letters(0x30 + UInt64(digit))
        }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .letterNumber, .nonspacingMark, .spacingMark:
            break
        default: return .separator
        }
        var bytes: UInt64 = 0
        var shift: UInt64 = 0
        for lower in scalar.properties.lowercaseMapping.unicodeScalars
        where !(0x300...0x36F).contains(lower.value) {
            var part = folded[lower.value] ?? packed(CollectionOfOne(lower))
            while part != 0, shift < 64 {
                bytes |= (part & 0xFF) << shift
                part >>= 8
                shift += 8
            }
        }
        return bytes == 0 ? .ignored : .letters(bytes)
    }

    private static func packed(_ scalars: some Sequence<Unicode.Scalar>) -> UInt64 {
        var bytes: UInt64 = 0
        var shift: UInt64 = 0
        for scalar in scalars {
            for byte in UTF8.encode(scalar) ?? .init() where shift < 64 {
                bytes |= UInt64(byte) << shift
                shift += 8
            }
        }
        return bytes
    }

    /// Lower-case letters and what they are folded to.
    ///
    /// Accents of Latin and Greek letters go. Letters with strokes and hooks become the plain letter that English texts
    /// write for them, so that "Łódź" and "Lodz" meet. Cyrillic й and ї stay: they are letters of their own. Arabic
    /// letters are folded that are written one for the other, and those that Persian writes otherwise. Digits of all
    /// scripts are those of ASCII.
    ///
    /// - Source: canonical decompositions of Unicode 15; strokes and hooks as in Lucene's ASCIIFoldingFilter,
    ///   Arabic as in its ArabicNormalizationFilter and PersianNormalizationFilter.
    static let foldings: [(base: String, variants: String)] = [
        ("a", "ªàáâãäåāăąǎǟǡǻȁȃȧəḁạảấầẩẫậắằẳẵặⱥ"),
        ("ae", "æǣǽ"),
        ("b", "ƀƃɓḃḅḇ"),
        ("c", "çćĉċčƈȼḉ"),
        ("d", "ðďđɖɗḋḍḏḑḓ"),
        ("e", "èéêëēĕėęěȅȇȩɇḕḗḙḛḝẹẻẽếềểễệ"),
        ("f", "ƒḟ"),
        ("g", "ĝğġģǥǧǵɠḡ"),
        ("h", "ĥħȟḣḥḧḩḫẖ"),
        ("i", "ìíîïĩīĭįıǐȉȋɨḭḯỉị"),
        ("ij", "\u{133}"),
        ("j", "ĵǰɉ"),
        ("k", "ķĸƙǩḱḳḵ"),
        ("l", "ĺļľŀłƚḷḹḻḽ"),
        ("m", "ḿṁṃ"),
        ("n", "ñńņňŉŋǹṅṇṉṋ"),
        ("o", "ºòóôõöøōŏőơǒǫǭǿȍȏȫȭȯȱɵṍṏṑṓọỏốồổỗộớờởỡợ"),
        ("oe", "œ"),
        ("p", "ƥṕṗ"),
        ("r", "ŕŗřȑȓɍṙṛṝṟ"),
        ("s", "śŝşšſșṡṣṥṧṩẛ"),
        ("ss", "ß"),
        ("t", "ţťŧƭțṫṭṯṱẗ"),
        ("th", "þ"),
        ("u", "ùúûüũūŭůűųưǔǖǘǚǜȕȗʉṳṵṷṹṻụủứừửữự"),
        ("v", "ṽṿ"),
        ("w", "ŵẁẃẅẇẉẘ"),
        ("x", "ẋẍ"),
        ("y", "ýÿŷȳɏẏẙỳỵỷỹ"),
        ("z", "źżžƶẑẓẕ"),
        ("ʒ", "ǯ"),
        ("α", "άἀἁἂἃἄἅἆἇὰάᾀᾁᾂᾃᾄᾅᾆᾇᾰᾱᾲᾳᾴᾶᾷ"),
        ("ε", "έἐἑἒἓἔἕὲέ"),
        ("η", "ήἠἡἢἣἤἥἦἧὴήᾐᾑᾒᾓᾔᾕᾖᾗῂῃῄῆῇ"),
        ("ι", "ΐίϊἰἱἲἳἴἵἶἷὶίιῐῑῒΐῖῗ"),
        ("ο", "όὀὁὂὃὄὅὸό"),
        ("ρ", "ῤῥ"),
        ("σ", "ς"),
        ("υ", "ΰϋύὐὑὒὓὔὕὖὗὺύῠῡῢΰῦῧ"),
        ("ω", "ώὠὡὢὣὤὥὦὧὼώᾠᾡᾢᾣᾤᾥᾦᾧῲῳῴῶῷ"),
        ("е", "ё"),
        ("ا", "آأإ"),
        ("ي", "ىی"),
        ("ك", "ک"),
        ("ه", "ةۀہە"),
    ]
}
