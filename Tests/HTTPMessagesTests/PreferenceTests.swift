import HTTPMessages
import Testing

@Suite("Preferences") struct PreferenceTests {
    private static func text(_ values: [String]) -> [String] {
        WeightedList(values).members.map { member in
            let parameters = member.parameters.sorted { $0.key < $1.key }.map { ";\($0.key)=\($0.value)" }
            return member.name + parameters.joined() + " \(member.weight)"
        }
    }

    /// RFC 9110 §5.6.1, §5.6.4, §5.6.6, §12.4.2.
    @Test(arguments: [
        (["gzip"], ["gzip 1000"]), (["a, B;Q=0.5 , ,c;q=0"], ["a 1000", "b 500", "c 0"]),
        (["a", "b"], ["a 1000", "b 1000"]), ([], []), ([""], []), ([" ,\t, "], []),
        (["a;q=1.000,b;q=0.001,c;q=0.,d;q=1."], ["a 1000", "b 1", "c 0", "d 1000"]),
        (["a;q=1.001,b;q=2,c;q=.5,d;q=0.0001,e;q=,f;q,g;q=-1,h;q=0,5"], ["h 0", "5 1000"]),
        (["text/html;level=1;Charset=\"utf\\-8\" ; q=0.3;x=y"], ["text/html;charset=utf-8;level=1 300"]),
        (["a;b=\"c,d;e\",f"], ["a;b=c,d;e 1000", "f 1000"]), (["a;b=\"c,d"], []),
        (["a;b=\"c\"d,e"], ["e 1000"]),
        (["a;b=,c;=d,e f,\"g\",h;;"], ["h 1000"]), (["a;b=\"\\"], []),
    ])
    func lists(values: [String], members: [String]) {
        #expect(Self.text(values) == members)
    }

    /// RFC 9110 §12.5.1; the numbers are the weights of JSON, NDJSON and CSV.
    @Test(arguments: [
        ([], [1000, 1000, 1000]), ([""], [1000, 1000, 1000]), (["junk"], [1000, 1000, 1000]),
        (["*/*"], [1000, 1000, 1000]), (["application/json"], [1000, 0, 0]),
        (["APPLICATION/JSON"], [1000, 0, 0]), (["application/*"], [1000, 1000, 0]),
        (["application/*;q=0.2, */*;q=0.1"], [200, 200, 100]),
        (["application/json;q=0, */*"], [0, 1000, 1000]),
        (["application/*;q=0, application/json;q=0.1, */*"], [100, 0, 1000]),
        (["application/json;q=0.1", "application/json;q=0.4"], [400, 0, 0]),
        (["application/json;charset=UTF-8"], [1000, 0, 0]), (["application/json;charset=latin1"], [0, 0, 0]),
        (["application/json;version=2, */*;q=0.1"], [100, 100, 100]),
        (["*/json"], [1000, 1000, 1000]), (["text/html, application/xhtml+xml"], [0, 0, 0]),
        (["text/html,application/xml;q=0.9,*/*;q=0.8"], [800, 800, 800]), (["*"], [1000, 1000, 1000]),
    ])
    func mediaTypes(values: [String], weights: [Int]) {
        let preferences = MediaTypePreferences(values)
        let types = ["application/json", "application/x-ndjson", "text/csv"]
        #expect(types.map(preferences.weight) == weights)
        let best = weights.max().flatMap { $0 > 0 ? weights.firstIndex(of: $0) : nil }
        #expect(preferences.best(of: types) { $0 } == best.map { types[$0] })
    }
}
