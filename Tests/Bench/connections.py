#!/usr/bin/env python3
"""What http.sh counts rather than times, by a client that keeps its connections.

connections.py mallocs PORT PATH DEPTH COUNTER   allocations of the server in 10,000 requests, DEPTH to a write, after as
                                                 many that warm it up, and how many it makes in that time without any;
                                                 the least of three runs, as what a request costs is in each of them;
                                                 COUNTER is the file that mallocs.c counts in
connections.py idle PORT PATH PID                anonymous memory of PID, in bytes, for each of 10,000 connections that
                                                 have had one answer and are silent since
"""
import resource, socket, sys, time

REQUESTS, CONNECTIONS, FIRST = 10_000, 10_000, 200


def receive(connection, answers):
    """Takes so many whole answers."""
    held = b""
    while answers:
        head, separator, rest = held.partition(b"\r\n\r\n")
        if separator:
            if not head.startswith(b"HTTP/1.1 200 "):
                sys.exit(f"not 200: {head[:200]}")
            length = int(head.lower().split(b"\r\ncontent-length:")[1].split(b"\r\n")[0])
            if len(rest) >= length:
                held, answers = rest[length:], answers - 1
                continue
        received = connection.recv(1 << 18)
        if not received:
            sys.exit("the server closed a connection")
        held += received


def connect(port):
    connection = socket.create_connection(("127.0.0.1", port), 10)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def request(port, path):
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()


def mallocs(port, path, depth, counter):
    def count():
        with open(counter, "rb") as file:
            return int.from_bytes(file.read(8), sys.byteorder)

    connections = [connect(port) for _ in range(8)]
    batch = request(port, path) * depth

    def run():
        for turn in range(REQUESTS // depth):
            connection = connections[turn % len(connections)]
            connection.sendall(batch)
            receive(connection, depth)

    def measure():
        before, start = count(), time.monotonic()
        run()
        after, end = count(), time.monotonic()
        time.sleep(end - start)
        return after - before, count() - after

    run()
    print(*min((measure() for _ in range(3)), key=lambda counts: counts[0] - counts[1]))


def idle(port, path, pid):
    def anonymous():
        with open(f"/proc/{pid}/status") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith("RssAnon"))

    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    if limit < FIRST + CONNECTIONS + 100:
        sys.exit(f"ulimit -Hn is {limit}: {FIRST + CONNECTIONS + 100} are needed")
    connections = []

    def open_more(number):
        for _ in range(number):
            connections.append(connect(port))
            connections[-1].sendall(request(port, path))
            receive(connections[-1], 1)
        time.sleep(2)  # what the server gives back only after a while

    open_more(FIRST)  # what a first request costs the server once
    before = anonymous()
    open_more(CONNECTIONS)
    print((anonymous() - before) // CONNECTIONS)


match sys.argv[1:]:
    case ["mallocs", port, path, depth, counter]:
        mallocs(int(port), path, int(depth), counter)
    case ["idle", port, path, pid]:
        idle(int(port), path, int(pid))
    case _:
        sys.exit(__doc__)
