// What wrk cannot do: requests at a fixed rate, each timed from the moment it was due, so that a server that stalls is
// charged for every request that had to wait meanwhile ("coordinated omission").
//
//     gcc -O2 -o load load.c && ./load PORT PATH CONNECTIONS RATE SECONDS
//
// Request number n is due n/RATE seconds after the start. It leaves on any connection that is idle, or waits until one is.
// The first second warms up and is not counted. Prints "RATE P50 P99 P999 MAX": the rate answered, and microseconds.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { batch = 256, longest = 1000000, room = 65536 };  // histogram: one bucket a microsecond, up to a second

struct connection {
    int descriptor;
    double due;                // when its request should have left, in seconds
    size_t held, needed;       // bytes of the answer so far, and in all once its head is there
    char input[room];
};

static unsigned histogram[longest + 1];

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static _Noreturn void fail(const char *why) {
    fprintf(stderr, "load: %s\n", why);
    exit(1);
}

// Takes what has arrived; returns whether the answer is whole.
static int receive(struct connection *connection) {
    ssize_t count = recv(connection->descriptor, connection->input + connection->held, room - connection->held, MSG_DONTWAIT);
    if (count < 0 && errno == EAGAIN) return 0;
    if (count <= 0) fail("a connection was closed");
    connection->held += (size_t)count;
    if (!connection->needed) {
        char *end = memmem(connection->input, connection->held, "\r\n\r\n", 4);
        if (!end) return 0;
        *end = 0;
        if (strncmp(connection->input, "HTTP/1.1 200", 12)) fail("an answer was not 200");
        char *length = strcasestr(connection->input, "\r\ncontent-length:");
        if (!length) fail("an answer without Content-Length");
        connection->needed = (size_t)(end + 4 - connection->input) + strtoul(length + 17, NULL, 10);
        if (connection->needed > room) fail("an answer is too long");
    }
    if (connection->held < connection->needed) return 0;
    connection->held = connection->needed = 0;
    return 1;
}

static long percentile(unsigned long total, double share) {
    unsigned long seen = 0, wanted = (unsigned long)((double)total * share);
    for (long micros = 0; micros < longest; micros++)
        if ((seen += histogram[micros]) > wanted) return micros;
    return longest;
}

int main(int argc, char **argv) {
    if (argc < 6) return fprintf(stderr, "usage: load PORT PATH CONNECTIONS RATE SECONDS\n"), 64;
    int connections = atoi(argv[3]);
    double rate = atof(argv[4]), seconds = atof(argv[5]);
    char request[4096];
    int size = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\n\r\n", argv[2], argv[1]);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)atoi(argv[1])),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct connection **idle = malloc(sizeof *idle * (size_t)connections);  // a ring: all take part
    int epoll = epoll_create1(0), resting = 0, next = 0, one = 1;
    for (; resting < connections; resting++) {
        struct connection *connection = idle[resting] = calloc(1, sizeof *connection);
        connection->descriptor = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(connection->descriptor, (struct sockaddr *)&address, sizeof address)) fail("cannot connect");
        setsockopt(connection->descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
        epoll_ctl(epoll, EPOLL_CTL_ADD, connection->descriptor, &event);
    }

    double start = now(), counted_from = start + 1, end = counted_from + seconds, time = start;
    unsigned long sent = 0, answered = 0;
    long slowest = 0;
    while (time < end || resting < connections) {
        for (double due; time < end && resting && (due = start + (double)sent / rate) <= time; sent++) {
            struct connection *connection = idle[next];
            next = (next + 1) % connections;
            resting--;
            connection->due = due;
            if (send(connection->descriptor, request, (size_t)size, MSG_NOSIGNAL) != size) fail("cannot send");
        }
        if (time > end + 5) fail("answers are missing");
        struct epoll_event events[batch];
        int count = epoll_wait(epoll, events, batch, 0);  // spins: a timer would be late by more than an answer takes
        time = now();
        for (int index = 0; index < count; index++) {
            struct connection *connection = events[index].data.ptr;
            if (!receive(connection)) continue;
            idle[(next + resting++) % connections] = connection;
            time = now();
            if (connection->due < counted_from) continue;
            long micros = (long)((time - connection->due) * 1e6);
            histogram[micros < longest ? micros : longest]++;
            if (micros > slowest) slowest = micros;
            answered++;
        }
    }
    printf("%.0f %ld %ld %ld %ld\n", (double)answered / seconds, percentile(answered, 0.5), percentile(answered, 0.99),
           percentile(answered, 0.999), slowest);
}
