#define _GNU_SOURCE
#include "CLinux.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

_Static_assert(linux_readable == EPOLLIN, "the bits are the kernel's");
_Static_assert(linux_writable == EPOLLOUT, "the bits are the kernel's");
_Static_assert(linux_failed == EPOLLERR, "the bits are the kernel's");
_Static_assert(linux_hung_up == EPOLLHUP, "the bits are the kernel's");
_Static_assert(linux_peer_ended == EPOLLRDHUP, "the bits are the kernel's");

static int outcome(int result) { return result < 0 ? -errno : result; }

int linux_epoll_create(void) { return outcome(epoll_create1(EPOLL_CLOEXEC)); }

int linux_epoll_add(int epoll, int descriptor, uint64_t token, int readable_only) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.u64 = token};
    if (!readable_only) event.events |= EPOLLOUT | EPOLLRDHUP;
    return outcome(epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event));
}

int linux_epoll_wait(int epoll, struct linux_event *events, int count, int timeout_milliseconds) {
    struct epoll_event ready[256];
    if (count > 256) count = 256;
    int found;
    do found = epoll_wait(epoll, ready, count, timeout_milliseconds);
    while (found < 0 && errno == EINTR);
    if (found < 0) return -errno;
    for (int index = 0; index < found; index++) {
        events[index].token = ready[index].data.u64;
        events[index].readiness = ready[index].events;
    }
    return found;
}

int linux_timer_create(void) { return outcome(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)); }

int linux_timer_set(int timer, int64_t nanoseconds) {
    struct itimerspec when = {.it_value = {nanoseconds / 1000000000, nanoseconds % 1000000000}};
    return outcome(timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, NULL));
}

int linux_eventfd_create(void) { return outcome(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)); }

int linux_count_take(int descriptor) {
    uint64_t count;
    return outcome((int)read(descriptor, &count, sizeof count));
}

int linux_count_add(int descriptor) {
    uint64_t one = 1;
    return outcome((int)write(descriptor, &one, sizeof one));
}

static socklen_t to_kernel(const struct linux_address *address, struct sockaddr_storage *storage) {
    memset(storage, 0, sizeof *storage);
    if (!address->is_ipv6) {
        struct sockaddr_in *four = (struct sockaddr_in *)storage;
        four->sin_family = AF_INET;
        four->sin_port = htons(address->port);
        memcpy(&four->sin_addr, address->bytes, 4);
        return sizeof *four;
    }
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)storage;
    six->sin6_family = AF_INET6;
    six->sin6_port = htons(address->port);
    six->sin6_scope_id = address->scope;
    memcpy(&six->sin6_addr, address->bytes, 16);
    return sizeof *six;
}

static void from_kernel(const struct sockaddr_storage *storage, struct linux_address *address) {
    memset(address, 0, sizeof *address);
    if (storage->ss_family == AF_INET6) {
        const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)storage;
        address->is_ipv6 = 1;
        address->port = ntohs(six->sin6_port);
        address->scope = six->sin6_scope_id;
        memcpy(address->bytes, &six->sin6_addr, 16);
    } else if (storage->ss_family == AF_INET) {
        const struct sockaddr_in *four = (const struct sockaddr_in *)storage;
        address->port = ntohs(four->sin_port);
        memcpy(address->bytes, &four->sin_addr, 4);
    }
}

int linux_listen(const struct linux_address *address, int backlog, int shared) {
    struct sockaddr_storage storage;
    socklen_t length = to_kernel(address, &storage);
    int one = 1;
    int descriptor = socket(storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    // Accepted sockets inherit TCP_NODELAY, which saves a call for each.
    if (setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) < 0 ||
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) < 0 ||
        (shared && setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one) < 0) ||
        bind(descriptor, (struct sockaddr *)&storage, length) < 0 || listen(descriptor, backlog) < 0) {
        int code = errno;
        close(descriptor);
        return -code;
    }
    return descriptor;
}

int linux_share_port(int descriptor) {
    int one = 1;
    return outcome(setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one));
}

int linux_local_address(int descriptor, struct linux_address *address) {
    struct sockaddr_storage storage;
    socklen_t length = sizeof storage;
    if (getsockname(descriptor, (struct sockaddr *)&storage, &length) < 0) return -errno;
    from_kernel(&storage, address);
    return 0;
}

int linux_accept(int listener, struct linux_address *peer) {
    struct sockaddr_storage storage;
    socklen_t length = sizeof storage;
    int descriptor = accept4(listener, (struct sockaddr *)&storage, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor < 0) return -errno;
    from_kernel(&storage, peer);
    return descriptor;
}

int linux_raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return -errno;
    rlim_t before = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    rlim_t now = setrlimit(RLIMIT_NOFILE, &limit) < 0 ? before : limit.rlim_cur;
    return now > INT_MAX ? INT_MAX : (int)now;
}

int linux_reserve(void) { return outcome(open("/dev/null", O_RDONLY | O_CLOEXEC)); }

int64_t linux_read(int descriptor, void *bytes, size_t count) {
    ssize_t result;
    do result = read(descriptor, bytes, count);
    while (result < 0 && errno == EINTR);
    return result < 0 ? -errno : result;
}

int64_t linux_write(int descriptor, const void *bytes, size_t count) {
    ssize_t result;
    // A peer that is gone must be an error here, not a signal to the process.
    do result = send(descriptor, bytes, count, MSG_NOSIGNAL);
    while (result < 0 && errno == EINTR);
    return result < 0 ? -errno : result;
}

int linux_end_sending(int descriptor) { return outcome(shutdown(descriptor, SHUT_WR)); }

int linux_close(int descriptor) { return outcome(close(descriptor)); }

int64_t linux_monotonic_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t linux_wall_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    return now.tv_sec;
}

int linux_parse_address(const char *text, struct linux_address *address) {
    memset(address, 0, sizeof *address);
    if (inet_pton(AF_INET, text, address->bytes) == 1) return 0;
    char plain[INET6_ADDRSTRLEN];
    const char *zone = strchr(text, '%');
    size_t length = zone ? (size_t)(zone - text) : strlen(text);
    if (length >= sizeof plain) return -EINVAL;
    memcpy(plain, text, length);
    plain[length] = 0;
    if (inet_pton(AF_INET6, plain, address->bytes) != 1) return -EINVAL;
    address->is_ipv6 = 1;
    if (!zone) return 0;
    address->scope = if_nametoindex(zone + 1);
    return address->scope ? 0 : -EINVAL;
}

void linux_format_address(const struct linux_address *address, char *text) {
    static const uint8_t mapped[12] = {[10] = 0xFF, [11] = 0xFF};
    text[0] = 0;
    if (!address->is_ipv6) {
        inet_ntop(AF_INET, address->bytes, text, 64);
    } else if (!memcmp(address->bytes, mapped, sizeof mapped)) {
        inet_ntop(AF_INET, address->bytes + 12, text, 64);
    } else {
        inet_ntop(AF_INET6, address->bytes, text, 64);
    }
}
