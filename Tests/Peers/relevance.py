#!/usr/bin/env python3
"""relevance.py SITREP SHARED: how well Sitrep and tantivy rank, on the same documents and queries, in one run.

SHARED/gold/search has the judgements, SHARED/corpus the articles that the known items are looked for in. Needs
tantivy's Python package (python3 -m venv VENV && VENV/bin/pip install tantivy, then PYTHON=VENV/bin/python make quality);
without it, only Sitrep's rows are printed.

MAP   mean average precision over the best 1,000 documents of a query
MRR   mean reciprocal rank of the first right document among the best ten

tantivy is asked as its query parser is: any of the words, in lower case, over title and body, each weighing alike; "stems"
is its tokenizer en_stem. What Sitrep's ways are says `sitrep bench relevance`.
"""
import gzip, json, re, subprocess, sys

try:
    import tantivy
except ImportError:
    tantivy = None

DEPTH = 1_000


def objects(path):
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def average_precision(ranked, relevant):
    found = [rank for rank, document in enumerate(ranked, 1) if document in relevant]
    return sum(number / rank for number, rank in enumerate(found, 1)) / len(relevant)


def reciprocal_rank(ranked, relevant):
    return next((1 / rank for rank, document in enumerate(ranked[:10], 1) if document in relevant), 0)


def show(name, rankings, queries):
    figures = []
    for measure in (average_precision, reciprocal_rank):
        values = [measure(rankings.get(query["id"], []), set(query["gold"]["relevant"])) for query in queries]
        figures.append(sum(values) / len(values))
    print(f"  {name:24} MAP {figures[0]:.4f}  MRR {figures[1]:.4f}", flush=True)


def sitrep(program, documents, queries):
    ways = {}
    with subprocess.Popen([program, "bench", "relevance", documents, queries], stdout=subprocess.PIPE, text=True) as run:
        for line in run.stdout:
            way, query, document = line.rstrip("\n").split("\t")
            ways.setdefault(way, {}).setdefault(query, []).append(document)
    if run.returncode:
        sys.exit(f"{program} bench relevance ended with {run.returncode}")
    return ways


def tantivy_ranks(documents, queries, tokenizer):
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("number", stored=True)
    for field in ("title", "body"):
        builder.add_text_field(field, tokenizer_name=tokenizer)
    index = tantivy.Index(builder.build())
    writer = index.writer(heap_size=200_000_000, num_threads=1)
    for number, item in enumerate(documents):
        document = tantivy.Document()
        document.add_unsigned("number", number)
        for field in ("title", "body"):
            document.add_text(field, item[field] or "")
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()
    rankings = {}
    for query in queries:
        words = " ".join(re.findall(r"\w+", query["title"].lower()))
        hits = searcher.search(index.parse_query(words, ["title", "body"]), DEPTH, count=False).hits
        rankings[query["id"]] = [documents[searcher.doc(address)["number"][0]]["id"] for _, address in hits]
    return rankings


def main(program, shared):
    gold, corpus = f"{shared}/gold/search", f"{shared}/corpus"
    sets = [
        ("TIME: 34 questions of a sentence", f"{gold}/time-docs.ndjson.gz", f"{gold}/time-queries.ndjson.gz"),
        ("known items of Reuters", f"{corpus}/reuters.ndjson.gz", f"{gold}/known-reuters.ndjson.gz"),
        ("known items of the US press", f"{corpus}/allsides.ndjson.gz", f"{gold}/known-allsides.ndjson.gz"),
    ]
    for name, documents_path, queries_path in sets:
        print(f"relevance: {name}")
        queries = objects(queries_path)
        for way, rankings in sitrep(program, documents_path, queries_path).items():
            show(f"sitrep {way}", rankings, queries)
        if tantivy:
            documents = objects(documents_path)
            show("tantivy words", tantivy_ranks(documents, queries, "default"), queries)
            show("tantivy stems", tantivy_ranks(documents, queries, "en_stem"), queries)
    if not tantivy:
        print("relevance: tantivy's Python package is missing, so nothing stands beside it (pip install tantivy)")


main(*sys.argv[1:])
