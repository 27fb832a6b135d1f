#!/usr/bin/env python3
"""How long a fresh request takes while many clients send a byte now and then (slowloris).

slow.py PORT [PATH [CONNECTIONS [SECONDS]]]

Half of the slow clients are in a request's head, half in its content; each sends a byte every three seconds, and one that
the server cuts off comes again. A fresh request has a connection of its own, and is timed from connecting to the last byte
of the answer. Fails where the median is 50 ms or more. Needs a limit of open files above the number of connections here
and in the server.
"""
import resource, socket, statistics, sys, time

INTERVAL, BOUND = 3.0, 0.050
HEAD = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
CONTENT = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\n"


def slow(port, number):
    connection = socket.create_connection(("127.0.0.1", port), 10)
    connection.setblocking(False)
    try:
        connection.send(HEAD if number % 2 else CONTENT)
    except OSError:
        pass  # turned away already; the next byte finds out
    return connection


def drip(connection):
    """Sends a byte; false where the server has answered or closed."""
    try:
        connection.send(b"a")
        connection.recv(4096)
        return False
    except BlockingIOError:
        return True
    except OSError:
        return False


def fresh(port, path):
    start = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    if not answer.startswith(b"HTTP/1.1 200 "):
        sys.exit(f"not 200: {answer[:200]}")
    return time.monotonic() - start


def main(port, path="/healthz", count=2000, seconds=20):
    port, count, seconds = int(port), int(count), float(seconds)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    quiet = statistics.median(fresh(port, path) for _ in range(200))
    connections = [slow(port, number) for number in range(count)]
    times, again, start, dripped = [], 0, time.monotonic(), 0
    while (elapsed := time.monotonic() - start) < seconds:
        # As many bytes as are due by now, each connection in its turn.
        while dripped < elapsed * count / INTERVAL:
            number = dripped % count
            if not drip(connections[number]):
                connections[number].close()
                connections[number] = slow(port, number)
                again += 1
            dripped += 1
        times.append(fresh(port, path))
        time.sleep(0.005)
    times.sort()
    median = statistics.median(times)
    print(
        f"slow clients: {count}, cut off and come again {again} times in {seconds:.0f} s; a fresh request takes "
        f"{median * 1000:.2f} ms at the median, {times[len(times) * 99 // 100] * 1000:.2f} ms at p99, "
        f"{times[-1] * 1000:.2f} ms at most, of {len(times)}; {quiet * 1000:.2f} ms without them")
    if median >= BOUND:
        sys.exit(f"the median is not below {BOUND * 1000:.0f} ms")


if len(sys.argv) < 2:
    sys.exit(__doc__)
main(*sys.argv[1:])
