#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fills a running server with one huge value of each type, for bench_open_value:
    make_huge_values.py PORT [ELEMENTS]
then SAVE. With 1 000 000 elements (the default) the file has about 250 MB."""
import socket
import sys


def request(*parts):
    out = [b"*%d\r\n" % len(parts)]
    for part in parts:
        part = part if isinstance(part, bytes) else str(part).encode()
        out.append(b"$%d\r\n%s\r\n" % (len(part), part))
    return b"".join(out)


def main():
    port = int(sys.argv[1])
    elements = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    server = socket.create_connection(("127.0.0.1", port))
    replies = server.makefile("rb")

    def send(requests):
        server.sendall(b"".join(requests))
        for _ in requests:
            line = replies.readline()
            if line.startswith(b"-"):
                sys.exit(line.decode())
            if line.startswith(b"$"):
                replies.read(int(line[1:]) + 2)

    batch = 500
    for first in range(0, elements, batch):
        numbers = range(first, min(first + batch, elements))
        fields = [x for i in numbers for x in (f"field:{i}", f"value of field number {i}")]
        scored = [x for i in numbers for x in ((i * 7919) % 1000003 / 4, f"member:{i}")]
        send([request("HSET", "huge:hash", *fields), request("SADD", "huge:set", *(f"member:{i}" for i in numbers)),
              request("RPUSH", "huge:list", *(f"element number {i}" for i in numbers)), request("ZADD", "huge:zset", *scored)]
             + [request("XADD", "huge:stream", f"{i + 1}-0", "sensor", i % 50, "reading", i * 31 % 9973) for i in numbers])
    text = b"".join(b"line %d of a long text\n" % i for i in range(elements))
    send([request("SET", "huge:string", text)])


main()
