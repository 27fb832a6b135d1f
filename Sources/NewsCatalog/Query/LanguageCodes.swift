internal import SearchIndex

/// Finds languages by code or English name.
///
/// - Source: ISO 639-1, ISO 639-2 (terminological and bibliographic codes), and of ISO 639-3 the codes of the standard
///   forms of macrolanguages; codes that ISO 639-1 withdrew.
public enum LanguageCodes {
    /// The ISO 639-1 code of a language that is given by any of its codes, with or without a region behind it (`pt-BR`), or
    /// by its English name; a code of three letters that has none with two stays as it is.
    ///
    /// - Returns: `nil` where no language is called so.
    public static func code(_ text: String) -> String? {
        let folded = folded(text)
        if let code = codes[folded] { return code }
        let start = text.utf8.prefix { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "_") }
        let code = String(decoding: start, as: UTF8.self).lowercased()
        guard code.utf8.count <= 3 else { return nil }
        if let known = codes[code] { return known }
        return code.utf8.count == 3 && code.utf8.allSatisfy { (0x61...0x7A).contains($0) } ? code : nil
    }

    /// The English name of a language that somebody who mistyped `text` may have meant.
    public static func nearest(to text: String) -> String? { Spelling.nearest(to: text, in: names) }

    private static let rows = table.split(separator: "\n").map { row in
        let cells = row.split(separator: "|")
        return (
            code: String(cells[0]), others: cells[1].split(separator: ",").map(String.init),
            names: cells[2].split(separator: ",").map(String.init)
        )
    }
    private static let names = rows.flatMap(\.names)
    private static let codes = rows.reduce(into: [String: String]()) { codes, row in
        for name in [row.code] + row.others + row.names.map(folded) { codes[name] = row.code }
    }

    private static func folded(_ text: String) -> String {
        TermAnalyzer.terms(text).joined(separator: " ")
    }

    /// The code of ISO 639-1, other codes of the same language, its English names.
    private static let table = """
        aa|aar|Afar
        ab|abk|Abkhazian,Abkhaz
        ae|ave|Avestan
        af|afr|Afrikaans
        ak|aka|Akan
        am|amh|Amharic
        an|arg|Aragonese
        ar|ara,arb|Arabic
        as|asm|Assamese
        av|ava|Avaric
        ay|aym|Aymara
        az|aze,azj|Azerbaijani
        ba|bak|Bashkir
        be|bel|Belarusian
        bg|bul|Bulgarian
        bh|bih|Bihari languages
        bi|bis|Bislama
        bm|bam|Bambara
        bn|ben|Bengali,Bangla
        bo|bod,tib|Tibetan
        br|bre|Breton
        bs|bos|Bosnian
        ca|cat|Catalan,Valencian
        ce|che|Chechen
        ch|cha|Chamorro
        co|cos|Corsican
        cr|cre|Cree
        cs|ces,cze|Czech
        cu|chu|Church Slavic,Old Slavonic,Church Slavonic,Old Bulgarian,Old Church Slavonic
        cv|chv|Chuvash
        cy|cym,wel|Welsh
        da|dan|Danish
        de|deu,ger|German
        dv|div|Divehi,Dhivehi,Maldivian
        dz|dzo|Dzongkha
        ee|ewe|Ewe
        el|ell,gre|Greek
        en|eng|English
        eo|epo|Esperanto
        es|spa|Spanish,Castilian
        et|est,ekk|Estonian
        eu|eus,baq|Basque
        fa|fas,per,pes|Persian,Farsi
        ff|ful|Fulah
        fi|fin|Finnish
        fj|fij|Fijian
        fo|fao|Faroese
        fr|fra,fre|French
        fy|fry|Western Frisian
        ga|gle|Irish
        gd|gla|Gaelic,Scottish Gaelic
        gl|glg|Galician
        gn|grn|Guarani
        gu|guj|Gujarati
        gv|glv|Manx
        ha|hau|Hausa
        he|heb,iw|Hebrew
        hi|hin|Hindi
        ho|hmo|Hiri Motu
        hr|hrv|Croatian
        ht|hat|Haitian,Haitian Creole
        hu|hun|Hungarian
        hy|hye,arm|Armenian
        hz|her|Herero
        ia|ina|Interlingua
        id|ind,in|Indonesian
        ie|ile|Interlingue,Occidental
        ig|ibo|Igbo
        ii|iii|Sichuan Yi,Nuosu
        ik|ipk|Inupiaq
        io|ido|Ido
        is|isl,ice|Icelandic
        it|ita|Italian
        iu|iku|Inuktitut
        ja|jpn|Japanese
        jv|jav,jw|Javanese
        ka|kat,geo|Georgian
        kg|kon|Kongo
        ki|kik|Kikuyu,Gikuyu
        kj|kua|Kuanyama,Kwanyama
        kk|kaz|Kazakh
        kl|kal|Kalaallisut,Greenlandic
        km|khm|Central Khmer,Khmer
        kn|kan|Kannada
        ko|kor|Korean
        kr|kau|Kanuri
        ks|kas|Kashmiri
        ku|kur,kmr|Kurdish
        kv|kom|Komi
        kw|cor|Cornish
        ky|kir|Kirghiz,Kyrgyz
        la|lat|Latin
        lb|ltz|Luxembourgish,Letzeburgesch
        lg|lug|Ganda
        li|lim|Limburgan,Limburger,Limburgish
        ln|lin|Lingala
        lo|lao|Lao
        lt|lit|Lithuanian
        lu|lub|Luba-Katanga
        lv|lav,lvs|Latvian
        mg|mlg,plt|Malagasy
        mh|mah|Marshallese
        mi|mri,mao|Maori
        mk|mkd,mac|Macedonian
        ml|mal|Malayalam
        mn|mon,khk|Mongolian
        mr|mar|Marathi
        ms|msa,may,zsm|Malay
        mt|mlt|Maltese
        my|mya,bur|Burmese,Myanmar
        na|nau|Nauru
        nb|nob|Norwegian Bokmål,Bokmål
        nd|nde|North Ndebele
        ne|nep,npi|Nepali
        ng|ndo|Ndonga
        nl|nld,dut|Dutch,Flemish
        nn|nno|Norwegian Nynorsk,Nynorsk
        no|nor|Norwegian
        nr|nbl|South Ndebele
        nv|nav|Navajo,Navaho
        ny|nya|Chichewa,Chewa,Nyanja
        oc|oci|Occitan,Provençal
        oj|oji|Ojibwa
        om|orm|Oromo
        or|ori,ory|Oriya,Odia
        os|oss|Ossetian,Ossetic
        pa|pan|Panjabi,Punjabi
        pi|pli|Pali
        pl|pol|Polish
        ps|pus,pbu|Pushto,Pashto
        pt|por|Portuguese
        qu|que|Quechua
        rm|roh|Romansh
        rn|run|Rundi
        ro|ron,rum,mo|Romanian,Moldavian,Moldovan
        ru|rus|Russian
        rw|kin|Kinyarwanda
        sa|san|Sanskrit
        sc|srd|Sardinian
        sd|snd|Sindhi
        se|sme|Northern Sami
        sg|sag|Sango
        si|sin|Sinhala,Sinhalese
        sk|slk,slo|Slovak
        sl|slv|Slovenian
        sm|smo|Samoan
        sn|sna|Shona
        so|som|Somali
        sq|sqi,alb,als|Albanian
        sr|srp|Serbian
        ss|ssw|Swati
        st|sot|Sesotho,Southern Sotho
        su|sun|Sundanese
        sv|swe|Swedish
        sw|swa,swh|Swahili,Kiswahili
        ta|tam|Tamil
        te|tel|Telugu
        tg|tgk|Tajik
        th|tha|Thai
        ti|tir|Tigrinya
        tk|tuk|Turkmen
        tl|tgl|Tagalog,Filipino
        tn|tsn|Tswana
        to|ton|Tonga
        tr|tur|Turkish
        ts|tso|Tsonga
        tt|tat|Tatar
        tw|twi|Twi
        ty|tah|Tahitian
        ug|uig|Uighur,Uyghur
        uk|ukr|Ukrainian
        ur|urd|Urdu
        uz|uzb,uzn|Uzbek
        ve|ven|Venda
        vi|vie|Vietnamese
        vo|vol|Volapük
        wa|wln|Walloon
        wo|wol|Wolof
        xh|xho|Xhosa
        yi|yid,ydd,ji|Yiddish
        yo|yor|Yoruba
        za|zha|Zhuang,Chuang
        zh|zho,chi,cmn|Chinese,Mandarin
        zu|zul|Zulu
        """
}
