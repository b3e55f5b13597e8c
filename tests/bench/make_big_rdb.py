#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes an RDB of about a gigabyte and six million keys with a real redis-server.

usage: make_big_rdb.py FILE.rdb [KEYS]

Per hundred keys: 62 strings (text that compresses, random text, numbers), 14 hashes, 10 lists, 7 sets (some of integers) and
7 sorted sets, names of three to five parts, every fifth key with an expiry far ahead; and some collections of ten thousand
elements, so that the encodings of large values are there. The same KEYS give the same keys and values; their order in the
file is the server's."""
import os
import pathlib
import random
import socket
import subprocess
import sys
import tempfile
import time

FAR = 4_100_000_000_000  # ms, in the year 2099
CITIES = [b"Lisboa", b"Oslo", b"Nairobi", b"Quito", b"Hanoi", b"Perth", b"Lima", b"Riga"]


def command(*arguments):
    parts = [b"*%d\r\n" % len(arguments)]
    for argument in arguments:
        if isinstance(argument, int):
            argument = b"%d" % argument
        parts.append(b"$%d\r\n%s\r\n" % (len(argument), argument))
    return b"".join(parts)


def key_commands(keys):
    random.seed(20261121)
    noise = random.randbytes(8 << 20).translate(bytes(33 + i % 90 for i in range(256)))

    def text(i, size):
        at = (i * 2_654_435_761 + size * 97) % (len(noise) - 512)
        return noise[at:at + size]

    for i in range(keys):
        kind = i % 100
        if kind < 30:
            name = b"customer:%d:profile" % i
            body = b'{"customer":%d,"city":"%s","points":%d,"newsletter":true,"ref":"%s"}' % (i, CITIES[i % 8], i % 5000, text(i, 20))
            yield command(b"SET", name, body + b" " * max(0, 100 - len(body)))
        elif kind < 60:
            name = b"page:%s:%x" % (CITIES[i % 8].lower(), i)
            yield command(b"SET", name, text(i, 110))
        elif kind < 62:
            name = b"hits:%d" % i
            yield command(b"SET", name, i * 7)
        elif kind < 76:
            name = b"login:%s:%d" % (text(i, 6), i)
            yield command(b"HSET", name, b"user", text(i, 14), b"mail", text(i, 18) + b"@example.org", b"age", i % 95, b"since", 1_500_000_000 + i,
                          b"city", CITIES[i % 8], b"agent", text(i, 36))
        elif kind < 86:
            name = b"jobs:%s:%d" % (CITIES[i % 8], i)
            yield command(b"RPUSH", name, *(text(i + k, 16) for k in range(8)))
        elif kind < 93:
            name = b"tags:%d:%s" % (i % 1000, text(i, 8))
            members = [i + k * k for k in range(7)] if kind % 2 else [text(i * 7 + k, 9) for k in range(7)]
            yield command(b"SADD", name, *members)
        else:
            name = b"rank:%d:%d" % (i % 300, i)
            yield command(b"ZADD", name, *(x for k in range(6) for x in (b"%.4f" % ((i * 31 + k * 977) % 100_003 / 7), text(i + k, 10))))
        if i % 5 == 0:
            yield command(b"PEXPIREAT", name, FAR + i)
    for number in range(100):
        name = b"large:%d" % number
        for start in range(0, 10_000, 500):
            span = range(start, start + 500)
            yield [
                lambda: command(b"HSET", name, *(x for k in span for x in (b"field:%d" % k, text(k, 24)))),
                lambda: command(b"SADD", name, *(b"member:%d" % k for k in span)),
                lambda: command(b"ZADD", name, *(x for k in span for x in (b"%d.5" % (k * 37 % 9973), b"member:%d" % k))),
                lambda: command(b"RPUSH", name, *(text(k, 30) for k in span)),
                lambda: b"".join(command(b"XADD", name, b"%d-1" % (1_600_000_000_000 + k), b"event", text(k, 12), b"n", k) for k in span),
            ][number % 5]()


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    target = pathlib.Path(sys.argv[1]).resolve()
    keys = int(sys.argv[2]) if len(sys.argv) == 3 else 6_300_000
    with tempfile.TemporaryDirectory(prefix="keyloupe-big-") as folder:
        path = os.path.join(folder, "s")
        server = subprocess.Popen(["redis-server", "--port", "0", "--unixsocket", path, "--save", "", "--dir", str(target.parent), "--dbfilename", target.name],
                                  stdout=subprocess.DEVNULL)
        try:
            while not os.path.exists(path):
                time.sleep(0.05)
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(path)
                client.sendall(command(b"CLIENT", b"REPLY", b"OFF"))
                pending = []
                for request in key_commands(keys):
                    pending.append(request)
                    if len(pending) == 2000:
                        client.sendall(b"".join(pending))
                        pending.clear()
                client.sendall(b"".join(pending) + command(b"CLIENT", b"REPLY", b"ON"))
                assert client.recv(5) == b"+OK\r\n"
                client.sendall(command(b"SAVE"))
                assert client.recv(5) == b"+OK\r\n", "the server could not save"
        finally:
            server.terminate()
            server.wait()


main()
