// The yardstick of `make bench`: one thread, one epoll set, answers made beforehand. What a server on one core could do
// at best; it reads no more of a request than is needed to find its end, and must never face a network.
//
//     gcc -O2 -o epoll epoll.c && ./epoll PORT [SMALL [BIG]]
//
// Answers GET /big… with BIG bytes of JSON and every other GET with SMALL (120 both if left out), keeps connections open,
// answers pipelined requests in one write, and closes after a request that holds "Connection: close". Started twice on one
// port, the two share its connections: one for each core.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { input_size = 16384, batch = 128, pipeline = 256 };

struct client {
    int descriptor;
    int closes;
    size_t held;         // bytes of an unfinished request at the front of `input`
    char *output;        // what the socket did not take
    size_t output_size, output_sent;
    char input[input_size];
};

struct answer {
    char *text;
    size_t size;
};

static struct answer answers[2][2];  // [is big][is the last of its connection]
static char *joined;

static struct answer make_answer(size_t bytes, const char *fields) {
    char *text = malloc(bytes + 256);
    int head = sprintf(text,
                       "HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
                       "Content-Type: application/json\r\nContent-Length: %zu\r\n%s\r\n",
                       bytes, fields);
    memset(text + head, 'a', bytes);
    if (bytes > 1) text[head] = text[head + bytes - 1] = '"';
    return (struct answer){text, (size_t)head + bytes};
}

static void drop(struct client *client) {
    close(client->descriptor);
    free(client->output);
    free(client);
}

// Returns -1 where the client is gone, 0 where output waits, 1 where all has left.
static int send_all(struct client *client, const char *bytes, size_t size, size_t *sent) {
    for (*sent = 0; *sent < size;) {
        ssize_t count = send(client->descriptor, bytes + *sent, size - *sent, MSG_NOSIGNAL);
        if (count < 0) return errno == EAGAIN ? 0 : -1;
        *sent += (size_t)count;
    }
    return 1;
}

// Answers what is complete in the input. Returns -1 where the client is gone.
static int serve(struct client *client) {
    size_t start = 0, size = 0;
    int count = 0;
    struct answer answer = {0};
    char *end;
    while (count < pipeline && !client->closes &&
           (end = memmem(client->input + start, client->held - start, "\r\n\r\n", 4))) {
        size_t next = (size_t)(end + 4 - client->input);
        client->closes = memmem(client->input + start, next - start, "Connection: close", 17) != NULL;
        if (count) {  // several: the ones before this one are copied together
            memcpy(joined + size, answer.text, answer.size);
            size += answer.size;
        }
        answer = answers[memcmp(client->input + start, "GET /big", 8) == 0][client->closes];
        start = next;
        count++;
    }
    if (!count) return 0;
    memmove(client->input, client->input + start, client->held -= start);
    const char *bytes = answer.text;
    if (count > 1) {
        memcpy(joined + size, answer.text, answer.size);
        bytes = joined;
    }
    size += answer.size;
    size_t sent;
    int outcome = send_all(client, bytes, size, &sent);
    if (outcome < 0) return -1;
    if (outcome == 0) {
        client->output_size = size - sent;
        client->output_sent = 0;
        client->output = malloc(client->output_size);
        memcpy(client->output, bytes + sent, client->output_size);
        return 0;
    }
    return client->closes ? -1 : 0;
}

static int ready(struct client *client) {
    for (;;) {
        if (client->output) {
            size_t sent;
            int outcome = send_all(client, client->output + client->output_sent,
                                   client->output_size - client->output_sent, &sent);
            client->output_sent += sent;
            if (outcome <= 0) return outcome;
            free(client->output);
            client->output = NULL;
            if (client->closes) return -1;
        }
        if (client->held == input_size) return -1;
        size_t room = input_size - client->held;
        ssize_t count = read(client->descriptor, client->input + client->held, room);
        if (count < 0) return errno == EAGAIN ? 0 : -1;
        if (count == 0) return -1;
        client->held += (size_t)count;
        do
            if (serve(client) < 0) return -1;
        while (!client->output && memmem(client->input, client->held, "\r\n\r\n", 4));
        if ((size_t)count < room && !client->output) return 0;
    }
}

int main(int argc, char **argv) {
    if (argc < 2) return fprintf(stderr, "usage: epoll PORT [SMALL [BIG]]\n"), 64;
    size_t largest = 0;
    for (int is_big = 0; is_big < 2; is_big++) {
        size_t bytes = argc > 2 + is_big ? strtoul(argv[2 + is_big], NULL, 10) : 120;
        answers[is_big][0] = make_answer(bytes, "");
        answers[is_big][1] = make_answer(bytes, "Connection: close\r\n");
        if (answers[is_big][1].size > largest) largest = answers[is_big][1].size;
    }
    joined = malloc(largest * pipeline);

    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)atoi(argv[1])),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    setsockopt(listener, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
    setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096))
        return perror("bind"), 1;
    int epoll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN}, events[batch];
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int count = epoll_wait(epoll, events, batch, -1);
        for (int index = 0; index < count; index++) {
            struct client *client = events[index].data.ptr;
            if (client) {
                if (ready(client) < 0) drop(client);
                continue;
            }
            int descriptor;
            while ((descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
                client = malloc(sizeof *client);
                client->descriptor = descriptor;
                client->closes = 0;
                client->held = 0;
                client->output = NULL;
                event = (struct epoll_event){.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = client};
                epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
            }
        }
    }
}
