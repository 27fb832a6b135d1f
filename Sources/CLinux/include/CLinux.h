// What Swift's Glibc module lacks or cannot say safely: epoll, timerfd, eventfd, accept4, socket addresses, Unix sockets.
//
// Every function answers with -errno where it fails. This header must not define _GNU_SOURCE: that changes the
// layout of types in Glibc's own module, and the two then clash. What needs it is in CLinux.c.
#ifndef CLINUX_H
#define CLINUX_H
#include <stddef.h>
#include <stdint.h>

/// What happened on a registered descriptor.
struct linux_event {
    uint64_t token;
    uint32_t readiness;
    uint32_t unused;
};

/// One end of a connection. An IPv4 address lies in the first four bytes.
struct linux_address {
    uint8_t bytes[16];
    uint32_t scope;
    uint16_t port;
    uint8_t is_ipv6;
};

/// What a path names.
struct linux_file_id {
    uint64_t device;
    uint64_t number;
};

/// Bits of `readiness`, in the values of the kernel.
enum {
    linux_readable = 0x001,
    linux_writable = 0x004,
    linux_failed = 0x008,
    linux_hung_up = 0x010,
    linux_peer_ended = 0x2000,
};

/// For what a descriptor is watched.
enum {
    linux_watch_both = 0,
    /// It is never written to.
    linux_watch_input = 1,
    /// As above, and several epoll sets watch it, of which one at a time need be told.
    linux_watch_shared_input = 2,
};

int linux_epoll_create(void);
/// Registers edge-triggered.
int linux_epoll_add(int epoll, int descriptor, uint64_t token, int watch);
int linux_epoll_remove(int epoll, int descriptor);
/// A timeout of 0 does not wait. Returns how many events there are.
int linux_epoll_wait(int epoll, struct linux_event *events, int count, int timeout_milliseconds);

int linux_timer_create(void);
/// Fires once at `nanoseconds` of the monotonic clock; 0 disarms.
int linux_timer_set(int timer, int64_t nanoseconds);

int linux_eventfd_create(void);
/// Reads the count of a timerfd or eventfd, so that it is not ready any more.
int linux_count_take(int descriptor);
/// Makes an eventfd readable.
int linux_count_add(int descriptor);

/// A bound socket that listens, non-blocking. `shared`: others may bind it too (SO_REUSEPORT). An IPv6 address takes
/// no IPv4 connections.
int linux_listen(const struct linux_address *address, int backlog, int shared);
/// Lets later sockets bind the address of one that was bound exclusively.
int linux_share_port(int descriptor);
/// Sends new connections to the socket that joined the port as number `index`, if there is one; otherwise, and with
/// a negative index, they are spread over all.
int linux_steer(int descriptor, int index);
/// A socket that listens at a path. `replace`: also where another listens there, which keeps what waits at it; what
/// a process that has ended left there is replaced in any case, anything but a socket never. `id` gets what the path
/// then names.
int linux_listen_unix(const char *path, uint32_t mode, int backlog, int replace, struct linux_file_id *id);
/// Removes a path if it still names `id`.
int linux_remove_path(const char *path, const struct linux_file_id *id);
/// Makes a listening stream socket that came with the process one of its own. Returns its address family, AF_INET,
/// AF_INET6 or AF_UNIX.
int linux_adopt_listener(int descriptor);
/// Another descriptor of the same socket.
int linux_duplicate(int descriptor);
int linux_local_address(int descriptor, struct linux_address *address);
/// The path that a Unix socket is bound to; `path` holds at least 128 bytes.
int linux_local_path(int descriptor, char *path);
/// A connected socket, non-blocking; the address of a peer that came over a path is all zero.
int linux_accept(int listener, struct linux_address *peer);
/// Sends a datagram to the socket at a path, or of an abstract name where that begins with `@`.
int linux_send_to_path(const char *path, const char *message);
int linux_process_id(void);
/// Raises the soft limit of open descriptors to the hard one; returns it, cut down to an int.
int linux_raise_descriptor_limit(void);
/// Any descriptor at all, to be closed when there are none left.
int linux_reserve(void);

int64_t linux_read(int descriptor, void *bytes, size_t count);
/// Copies the first bytes that wait and leaves them there.
int64_t linux_peek(int descriptor, void *bytes, size_t count);
int64_t linux_write(int descriptor, const void *bytes, size_t count);
/// Tells the peer that nothing more will be sent.
int linux_end_sending(int descriptor);
int linux_close(int descriptor);

int64_t linux_monotonic_nanoseconds(void);
int64_t linux_wall_seconds(void);

/// Reads an address in its text form, without brackets; returns 0, or -EINVAL.
int linux_parse_address(const char *text, struct linux_address *address);
/// Writes the text form of an address, IPv4 in IPv6 as IPv4; `text` holds at least 64 bytes.
void linux_format_address(const struct linux_address *address, char *text);
#endif
