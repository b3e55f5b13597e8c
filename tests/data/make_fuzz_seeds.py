#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/data/fuzz: the small inputs that the fuzz targets begin with.

Listpacks, intsets, lists, streams and DUMP payloads are cut out of what a real redis-server (7.0 or later) dumps. Ziplists
and zipmaps, which servers no longer write, are put together here by their description in docs/formats/rdb.md. What the
first byte of an input means is told in each target. Needs redis-server on the PATH.
"""

import os
import random
import struct

from make_rdb import Server

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fuzz")
FOOTER = 10


def seed(target, name, data):
    os.makedirs(os.path.join(HERE, target), exist_ok=True)
    with open(os.path.join(HERE, target, name), "wb") as file:
        file.write(data)


def string_at(data, at):
    """The raw string of the file format at this place, and where it ends."""
    first = data[at]
    if first < 0x40:
        start, size = at + 1, first
    elif first < 0x80:
        start, size = at + 2, (first & 0x3F) << 8 | data[at + 1]
    else:
        assert first == 0x80
        start, size = at + 5, struct.unpack_from(">I", data, at + 1)[0]
    return data[start:start + size], start + size


def dumped(server, key):
    """Type byte and value of a key."""
    payload = server.call("DUMP", key)
    return payload[0], payload[1:-FOOTER]


def ziplist(*entries):
    """Entries as (encoding byte and length, data)."""
    body, tail, previous = b"", 10, 0
    for entry in entries:
        tail = 10 + len(body)
        length = bytes([previous]) if previous < 254 else b"\xfe" + struct.pack("<I", previous)
        body += length + entry
        previous = len(length) + len(entry)
    return struct.pack("<IIH", 11 + len(body), tail, len(entries)) + body + b"\xff"


def zipmap(*pairs):
    def length(size):
        return bytes([size]) if size < 254 else b"\xfe" + struct.pack("<I", size)
    body = b"".join(length(len(f)) + f + length(len(v)) + b"\0" + v for f, v in pairs)
    return bytes([len(pairs)]) + body + b"\xff"


def packed(server):
    server.call("HSET", "h", "field", "value", "number", 12, "negative", -5, "large", 70000, "larger", 1 << 40, "", b"\0\xff")
    server.call("HSET", "h2", "a", "x" * 60, "b", -30000)
    server.call("ZADD", "z", "-inf", "a", 1.5, "b", 3, "c", "inf", "d")
    for key in ("h", "h2", "z"):
        _, value = dumped(server, key)
        seed("listpack", key, string_at(value, 0)[0])
    for width, members in (("16", (1, -5, 300)), ("32", (1, 70000)), ("64", (1, 5 << 40, -5 << 40))):
        server.call("SADD", "s" + width, *members)
        seed("intset", width, string_at(dumped(server, "s" + width)[1], 0)[0])
    seed("ziplist", "texts", ziplist(b"\x05field", b"\x05value", b"\x40\x50" + b"x" * 80, b"\x00"))
    seed("ziplist", "numbers", ziplist(b"\xf1", b"\xfd", b"\xfe\x80", b"\xc0\x00\x80", b"\xf0\x00\x00\x80", b"\xd0" + b"\xff" * 4, b"\xe0" + b"\x01" * 8, b"\x012"))
    seed("ziplist", "scores", ziplist(b"\x01a", b"\x041e20", b"\x01b", b"\xf3"))
    seed("zipmap", "small", zipmap((b"field", b"value"), (b"", b""), (b"n", b"12")))
    seed("zipmap", "long", zipmap((b"f", b"v" * 254)))


def lists(server):
    server.call("CONFIG", "SET", "list-max-listpack-size", "3")
    server.call("RPUSH", "l", "a", "b", 1, -1, 70000, "c" * 30, "")
    server.call("CONFIG", "SET", "list-max-listpack-size", "-2")
    kind, value = dumped(server, "l")
    assert kind == 18
    seed("quicklist", "nodes", b"\0" + value)
    node = ziplist(b"\x01a", b"\xf5")
    seed("quicklist", "ziplists", b"\1" + b"\1" + bytes([len(node)]) + node)


def streams(server):
    for i in range(6):
        server.call("XADD", "x", f"{1000 + i}-{i % 2}", "type", "paid", "order", i, *(["note", "extra"] if i == 3 else []))
    server.call("XDEL", "x", "1002-0")
    server.call("XGROUP", "CREATE", "x", "workers", "0")
    server.call("XREADGROUP", "GROUP", "workers", "anna", "COUNT", 3, "STREAMS", "x", ">")
    server.call("XADD", "bare", "5-1", "a", 1)
    for key in ("x", "bare"):
        kind, value = dumped(server, key)
        seed("stream", key, bytes([{15: 0, 19: 1, 21: 2, 26: 3}[kind]]) + value)
    # One node, as the target frames its elements: the listpack without its head and end.
    _, value = dumped(server, "x")
    listpack, _ = string_at(value, 1 + 17)
    seed("stream", "node", b"\1" + b"\0" + bytes([(len(listpack) - 7 + 1) // 2]) + listpack[6:-1])


def lzf_streams(server):
    server.call("CONFIG", "SET", "rdbcompression", "yes")
    server.call("SET", "text", "the same words again and again, " * 4)
    _, value = dumped(server, "text")
    server.call("CONFIG", "SET", "rdbcompression", "no")
    assert value[0] == 0xC3
    seed("lzf", "stream", value[1 + (1 if value[1] < 64 else 2) + 2:])
    seed("lzf", "text", b"abcabcabcabcabd" * 8)
    seed("lzf", "random", random.Random(4).randbytes(60))


def payloads(server):
    server.call("SET", "t", "text")
    server.call("SET", "i", 12)
    server.call("SADD", "plain", "a", "b", b"\0\xff")
    for key in ("t", "i", "plain", "h", "h2", "z", "s16", "l", "x", "bare"):
        kind, value = dumped(server, key)
        seed("dump_payload", key, b"\1" + bytes([kind]) + value)


def main():
    server = Server("--rdbcompression", "no")
    try:
        for part in (packed, lists, streams, lzf_streams, payloads):
            part(server)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
