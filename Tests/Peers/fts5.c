/* What SQLite's own full-text index takes for the same articles and queries: fts5 STORE.db QUERIES.tsv PASSES
 *
 * Reads title and body of every article in the store, builds an FTS5 table of them in a file beside it, then runs each
 * query of the file (class TAB match expression) for its ten best. Prints CPU seconds of the build, and the median and
 * 99th percentile of the microseconds by class. */
#define _GNU_SOURCE
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST = 4096 };
static struct { char class[32], match[400]; double median; } query[MOST];

static double seconds(clockid_t id) {
    struct timespec t;
    clock_gettime(id, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void must(sqlite3 *db, const char *sql) {
    char *message = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &message)) {
        fprintf(stderr, "fts5: %s\n", message);
        exit(1);
    }
}

int main(int count, char **word) {
    if (count < 4) return fprintf(stderr, "fts5 STORE.db QUERIES.tsv PASSES\n"), 2;
    char path[4096], attach[4400];
    snprintf(path, sizeof path, "%s.fts5", word[1]);
    remove(path);
    sqlite3 *db;
    if (sqlite3_open(path, &db)) return fprintf(stderr, "fts5: cannot make %s\n", path), 1;
    snprintf(attach, sizeof attach, "ATTACH 'file:%s?mode=ro' AS store", word[1]);
    must(db, attach);
    must(db, "PRAGMA synchronous = OFF; PRAGMA cache_size = -262144; CREATE VIRTUAL TABLE t USING fts5(title, body)");
    double start = seconds(CLOCK_PROCESS_CPUTIME_ID);
    must(db, "INSERT INTO t(rowid, title, body) SELECT seq, title, body FROM store.articles");
    printf("build_cpu_s %.3f\n", seconds(CLOCK_PROCESS_CPUTIME_ID) - start);

    FILE *file = fopen(word[2], "r");
    if (!file) return fprintf(stderr, "fts5: cannot read %s\n", word[2]), 1;
    int queries = 0, passes = atoi(word[3]);
    while (queries < MOST && fscanf(file, "%31[^\t]\t%399[^\n]\n", query[queries].class, query[queries].match) == 2) queries++;
    fclose(file);
    sqlite3_stmt *find;
    sqlite3_prepare_v2(db, "SELECT rowid FROM t WHERE t MATCH ? ORDER BY rank LIMIT 10", -1, &find, NULL);
    double times[64];
    if (passes > 64) passes = 64;
    for (int q = 0; q < queries; q++) {
        for (int pass = -1; pass < passes; pass++) {
            double from = seconds(CLOCK_MONOTONIC);
            sqlite3_bind_text(find, 1, query[q].match, -1, SQLITE_STATIC);
            while (sqlite3_step(find) == SQLITE_ROW) {}
            sqlite3_reset(find);
            if (pass >= 0) times[pass] = (seconds(CLOCK_MONOTONIC) - from) * 1e6;
        }
        qsort(times, passes, sizeof *times, ascending);
        query[q].median = times[passes / 2];
    }
    for (int q = 0; q < queries; q++) {
        if (!query[q].class[0]) continue;
        static double all[MOST];
        char class[32];
        int n = 0;
        strcpy(class, query[q].class);
        for (int other = q; other < queries; other++)
            if (!strcmp(query[other].class, class)) all[n++] = query[other].median, query[other].class[0] = 0;
        qsort(all, n, sizeof *all, ascending);
        printf("%s %.1f %.1f\n", class, all[n / 2], all[n * 99 / 100 < n ? n * 99 / 100 : n - 1]);
    }
    sqlite3_finalize(find);
    sqlite3_close(db);
    remove(path);
    return 0;
}
