#define _GNU_SOURCE
#include "CLinux.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/filter.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

_Static_assert(linux_readable == EPOLLIN, "the bits are the kernel's");
_Static_assert(linux_writable == EPOLLOUT, "the bits are the kernel's");
_Static_assert(linux_failed == EPOLLERR, "the bits are the kernel's");
_Static_assert(linux_hung_up == EPOLLHUP, "the bits are the kernel's");
_Static_assert(linux_peer_ended == EPOLLRDHUP, "the bits are the kernel's");

static int outcome(int result) { return result < 0 ? -errno : result; }

int linux_epoll_create(void) { return outcome(epoll_create1(EPOLL_CLOEXEC)); }

int linux_epoll_add(int epoll, int descriptor, uint64_t token, int watch) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.u64 = token};
    if (watch == linux_watch_both) event.events |= EPOLLOUT | EPOLLRDHUP;
    if (watch == linux_watch_shared_input) event.events |= EPOLLEXCLUSIVE;
    return outcome(epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event));
}

int linux_epoll_remove(int epoll, int descriptor) {
    return outcome(epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, NULL));
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
        (address->is_ipv6 && setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one) < 0) ||
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

int linux_steer(int descriptor, int index) {
    if (index < 0) {
        int none = 0;
        return outcome(setsockopt(descriptor, SOL_SOCKET, SO_DETACH_REUSEPORT_BPF, &none, sizeof none));
    }
    // The kernel numbers the sockets of a port in the order in which they joined; a number that is too high selects
    // none, and the hash of the connection decides as it does without a program.
    struct sock_filter code = BPF_STMT(BPF_RET | BPF_K, (uint32_t)index);
    struct sock_fprog program = {.len = 1, .filter = &code};
    return outcome(setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof program));
}

static int to_path(const char *text, struct sockaddr_un *address, socklen_t *length) {
    size_t count = strlen(text);
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    if (count == 0 || count >= sizeof address->sun_path) return -ENAMETOOLONG;
    memcpy(address->sun_path, text, count);
    *length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + count + 1);
    if (text[0] == '@') {
        // An abstract name has no end but its length.
        address->sun_path[0] = 0;
        *length -= 1;
    }
    return 0;
}

/// Whether nobody listens at a path, so that it may be replaced.
static int is_free(const char *path, const struct sockaddr_un *address, socklen_t length) {
    struct stat found;
    if (lstat(path, &found) < 0) return errno == ENOENT ? 0 : -errno;
    if (!S_ISSOCK(found.st_mode)) return -EEXIST;
    int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (probe < 0) return -errno;
    int code = connect(probe, (const struct sockaddr *)address, length) < 0 ? errno : 0;
    close(probe);
    if (code == ECONNREFUSED || code == ENOENT) return 0;
    // EAGAIN: somebody listens and has much to do. EPROTOTYPE: a socket of another kind.
    return code == 0 || code == EAGAIN || code == EPROTOTYPE ? -EADDRINUSE : -code;
}

int linux_listen_unix(const char *path, uint32_t mode, int backlog, int replace, struct linux_file_id *id) {
    struct sockaddr_un address, beside;
    socklen_t length;
    char name[sizeof address.sun_path + 16];
    int result = to_path(path, &address, &length);
    if (result == 0) result = is_free(path, &address, length);
    if (result < 0 && !(replace && result == -EADDRINUSE)) return result;
    // Made beside it and moved into place once it listens: nobody ever finds a socket that does not.
    snprintf(name, sizeof name, "%s.%d", path, (int)getpid());
    if ((result = to_path(name, &beside, &length)) < 0) return result;
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    struct stat made;
    unlink(name);
    if (bind(descriptor, (struct sockaddr *)&beside, length) < 0) {
        int code = errno;
        close(descriptor);
        return -code;
    }
    if (chmod(name, mode) < 0 || listen(descriptor, backlog) < 0 || lstat(name, &made) < 0 ||
        rename(name, path) < 0) {
        int code = errno;
        unlink(name);
        close(descriptor);
        return -code;
    }
    id->device = made.st_dev;
    id->number = made.st_ino;
    return descriptor;
}

int linux_remove_path(const char *path, const struct linux_file_id *id) {
    struct stat found;
    if (lstat(path, &found) < 0) return -errno;
    if (found.st_dev != id->device || found.st_ino != id->number) return 0;
    return outcome(unlink(path));
}

int linux_adopt_listener(int descriptor) {
    int listens = 0, kind = 0, family = 0, one = 1;
    socklen_t length = sizeof listens;
    if (getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) < 0) return -errno;
    length = sizeof kind;
    if (getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &kind, &length) < 0) return -errno;
    length = sizeof family;
    if (getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &family, &length) < 0) return -errno;
    if (!listens || kind != SOCK_STREAM) return -EINVAL;
    if (family != AF_INET && family != AF_INET6 && family != AF_UNIX) return -EAFNOSUPPORT;
    if (family != AF_UNIX) setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (fcntl(descriptor, F_SETFD, FD_CLOEXEC) < 0) return -errno;
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0 || fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) < 0) return -errno;
    return family;
}

int linux_duplicate(int descriptor) { return outcome(fcntl(descriptor, F_DUPFD_CLOEXEC, 0)); }

int linux_local_path(int descriptor, char *path) {
    struct sockaddr_un address;
    socklen_t length = sizeof address;
    if (getsockname(descriptor, (struct sockaddr *)&address, &length) < 0) return -errno;
    size_t count = length - offsetof(struct sockaddr_un, sun_path);
    if (count > sizeof address.sun_path) count = sizeof address.sun_path;
    memcpy(path, address.sun_path, count);
    path[count] = 0;
    if (count > 0 && path[0] == 0) path[0] = '@';
    return 0;
}

int linux_send_to_path(const char *path, const char *message) {
    struct sockaddr_un address;
    socklen_t length;
    int result = to_path(path, &address, &length);
    if (result < 0) return result;
    int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    // Not waited for: who is to be told that all is well must not be able to hold it up.
    ssize_t sent = sendto(
        descriptor, message, strlen(message), MSG_NOSIGNAL | MSG_DONTWAIT, (struct sockaddr *)&address, length);
    result = sent < 0 ? -errno : 0;
    close(descriptor);
    return result;
}

int linux_process_id(void) { return (int)getpid(); }

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

int64_t linux_peek(int descriptor, void *bytes, size_t count) {
    ssize_t result;
    do result = recv(descriptor, bytes, count, MSG_PEEK);
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
