#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/data/rdb: small RDB files by a real redis-server, each with what that server answered about its keys.

Every value type and every encoding that redis-server 7.0 writes is in them. NAME.rdb is the file, NAME.expect.json the
answers: database, key, type, PEXPIRETIME and value, of streams groups and counters too, bytes in base64; sets and hash fields
sorted. Starts its own servers on
free loopback ports in temporary folders and stops them by pid. Standard library only; needs redis-server on the PATH.
make_rdb.py [NAME…] makes only those. Run it again only to add files: time stamps in streams and the aux fields differ each time.
"""

import base64
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rdb")
FUTURE_MS = 4102444800123  # 2100, with odd milliseconds


class Server:
    def __init__(self, *arguments):
        self.folder = tempfile.mkdtemp()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", self.folder, *arguments],
                                        stdout=subprocess.DEVNULL)
        for _ in range(100):
            try:
                self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=20)
                break
            except OSError:
                time.sleep(0.05)
        else:
            sys.exit("redis-server does not start")
        self.file = self.socket.makefile("rb")

    def call(self, *arguments):
        parts = [a if isinstance(a, bytes) else str(a).encode() for a in arguments]
        self.socket.sendall(b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(p), p) for p in parts))
        return self._read()

    def _read(self):
        line = self.file.readline()
        kind, rest = line[:1], line[1:-2]
        if kind == b"-":
            raise RuntimeError(rest.decode())
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return None if int(rest) < 0 else self.file.read(int(rest) + 2)[:-2]
        if kind == b"*":
            return None if int(rest) < 0 else [self._read() for _ in range(int(rest))]
        return rest

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
        shutil.rmtree(self.folder)


def b64(data):
    return base64.b64encode(data).decode()


def pairs(flat):
    return list(zip(flat[::2], flat[1::2]))


def value_of(server, key, kind):
    if kind == "string":
        return b64(server.call("GET", key))
    if kind == "list":
        return [b64(item) for item in server.call("LRANGE", key, 0, -1)]
    if kind == "set":
        return [b64(member) for member in sorted(server.call("SMEMBERS", key))]
    if kind == "zset":
        return [[b64(member), b64(score)] for member, score in pairs(server.call("ZRANGE", key, 0, -1, "WITHSCORES"))]
    if kind == "hash":
        return [[b64(field), b64(value), None] for field, value in sorted(pairs(server.call("HGETALL", key)))]
    return [[b64(entry), *[b64(part) for part in fields]] for entry, fields in server.call("XRANGE", key, "-", "+")]


def groups_of(server, key):
    """Name, last delivered id and entries read of each group; pending [id, consumer, deliveries], consumers' names."""
    groups = []
    for flat in server.call("XINFO", "GROUPS", key):
        group = dict(pairs(flat))
        name = group[b"name"]
        pending = server.call("XPENDING", key, name, "-", "+", 1000)
        consumers = [dict(pairs(row))[b"name"] for row in server.call("XINFO", "CONSUMERS", key, name)]
        groups.append({"name": b64(name), "last": group[b"last-delivered-id"].decode(), "read": group[b"entries-read"],
                       "pending": [[row[0].decode(), b64(row[1]), row[3]] for row in pending], "consumers": sorted(b64(c) for c in consumers)})
    return sorted(groups, key=lambda group: group["name"])


def stream_facts(server, key):
    info = dict(pairs(server.call("XINFO", "STREAM", key)))
    return {"last": info[b"last-generated-id"].decode(), "deleted": info[b"max-deleted-entry-id"].decode(), "added": info[b"entries-added"],
            "groups": groups_of(server, key)}


def write(name, fill, *arguments):
    if len(sys.argv) > 1 and name not in sys.argv[1:]:
        return
    server = Server(*arguments)
    try:
        fill(server)
        keys = []
        for db in range(16):
            server.call("SELECT", db)
            for key in sorted(server.call("KEYS", "*")):
                kind = server.call("TYPE", key).decode()
                keys.append({"db": db, "key": b64(key), "type": kind, "encoding": server.call("OBJECT", "ENCODING", key).decode(),
                             "pexpireat": server.call("PEXPIRETIME", key), "value": value_of(server, key, kind)})
                if kind == "stream":
                    keys[-1]["stream"] = stream_facts(server, key)
        server.call("SAVE")
        shutil.copy(os.path.join(server.folder, "dump.rdb"), os.path.join(HERE, name + ".rdb"))
        version = [line for line in server.call("INFO", "server").decode().split("\r\n") if line.startswith("redis_version")][0]
        with open(os.path.join(HERE, name + ".expect.json"), "w", encoding="ascii") as file:
            json.dump({"server": version.split(":")[1], "keys": keys}, file, indent=0, separators=(",", ":"))
            file.write("\n")
        print(f"{name}: {len(keys)} keys, {os.path.getsize(os.path.join(HERE, name + '.rdb'))} bytes")
    finally:
        server.stop()


def strings(server):
    for number in (0, 12, -12, 127, -128, 128, 32767, -32768, 32768, 2147483647, -2147483648, 2147483648, 9223372036854775807):
        server.call("SET", f"int:{number}", number)
    server.call("SET", "empty", "")
    server.call("SET", "embstr", "short text")
    server.call("SET", "raw", "Zażółć gęślą jaźń. " * 3)
    server.call("SET", "compressed", "abcabcabd" * 200)
    server.call("SET", "all bytes", bytes(range(256)))
    server.call("SET", b"bin\0\xff\r\n key", b"\0\x01\xfe\xff")
    server.call("SET", b"", "the empty key")
    server.call("SET", "length of 14 bits", random.Random(1).randbytes(300))
    server.call("SET", "length of 32 bits", random.Random(2).randbytes(17000))
    server.call("SET", "expires", "soon", "PXAT", FUTURE_MS)
    server.call("SETBIT", "bits", 1000, 1)
    for i in range(40):
        server.call("PFADD", "hll", f"member {i}")


def hashes(server):
    server.call("HSET", "listpack", *sum(([f"field {i}", i] for i in range(5)), []))
    server.call("HSET", "listpack with binary", b"\0\xff", bytes(range(40)), "", "")
    server.call("HSET", "hashtable by length", "field", "x" * 100)
    server.call("HSET", "hashtable by count", *sum(([f"f{i}", i * i] for i in range(200)), []))
    server.call("PEXPIREAT", "listpack", FUTURE_MS)


def lists(server):
    server.call("RPUSH", "one node", "a", "b", 1, -1, 127, 128, 70000, 5000000000, "")
    server.call("RPUSH", "several nodes", *[f"element number {i}" for i in range(60)])
    server.call("RPUSH", "plain node", "before", random.Random(3).randbytes(600), "after")
    server.call("RPUSH", "compressed", *["the same words again and again"] * 40)


def sets(server):
    server.call("SADD", "intset 16", 1, -5, 300)
    server.call("SADD", "intset 32", 1, 70000)
    server.call("SADD", "intset 64", 1, 5000000000, -5000000000)
    server.call("SADD", "hashtable", "a", "b", b"\0\xff", "")
    server.call("SADD", "hashtable by count", *range(40))


def zsets(server):
    scores = ["-inf", -1.5, 0, 0.1, 1, 3.3333333333333335, 1e300, "inf"]
    server.call("ZADD", "listpack", *sum(([score, f"m{i}"] for i, score in enumerate(scores)), []))
    server.call("ZADD", "skiplist", *sum(([i / 7, f"member {i}"] for i in range(60)), []))
    server.call("ZADD", "skiplist with inf", *sum(([score, f"{i:064}x"] for i, score in enumerate(scores)), []))
    server.call("GEOADD", "places", 13.361389, 38.115556, "Palermo", 15.087269, 37.502669, "Catania")


def streams(server):
    for i in range(30):
        server.call("XADD", "events", f"{1000 + i}-1", "type", "paid", "order", i, *(["note", "extra"] if i % 7 == 0 else []))
    server.call("XDEL", "events", "1003-1", "1029-1")
    server.call("XGROUP", "CREATE", "events", "workers", "0")
    server.call("XGROUP", "CREATE", "events", "idle", "$")
    server.call("XREADGROUP", "GROUP", "workers", "anna", "COUNT", 5, "STREAMS", "events", ">")
    server.call("XREADGROUP", "GROUP", "workers", "bo", "COUNT", 3, "STREAMS", "events", ">")
    server.call("XACK", "events", "workers", "1001-1")
    server.call("XGROUP", "CREATECONSUMER", "events", "workers", "lazy")
    server.call("XADD", "trimmed", "1-1", "a", 1)
    server.call("XADD", "trimmed", "MAXLEN", 1, "2-1", "b", bytes(range(256)))
    server.call("XADD", "emptied", "9-9", "a", 1)
    server.call("XDEL", "emptied", "9-9")


def databases(server):
    for db in (0, 3, 15):
        server.call("SELECT", db)
        server.call("SET", "key", f"in {db}")
        server.call("SET", "expires", db, "PXAT", FUTURE_MS + db)
    server.call("SELECT", 0)
    server.call("FUNCTION", "LOAD", "#!lua name=mylib\nredis.register_function('hello', function() return 1 end)")


def used(server):
    for i in range(5):
        server.call("SET", f"key {i}", i)
    for _ in range(50):
        server.call("GET", "key 1")


def main():
    os.makedirs(HERE, exist_ok=True)
    write("strings", strings)
    write("strings-uncompressed", strings, "--rdbcompression", "no")
    write("hashes", hashes)
    write("lists", lists, "--list-max-listpack-size", "-1")
    write("lists-small-nodes", lists, "--list-max-listpack-size", "5", "--list-compress-depth", "1")
    write("sets", sets, "--set-max-intset-entries", "20")
    write("zsets", zsets, "--zset-max-listpack-entries", "40")
    write("streams", streams, "--stream-node-max-entries", "10")
    write("databases", databases)
    write("lru", used, "--maxmemory-policy", "allkeys-lru", "--maxmemory", "100mb")
    write("lfu", used, "--maxmemory-policy", "allkeys-lfu", "--maxmemory", "100mb")
    write("empty", lambda server: None)
    write("nochecksum", used, "--rdbchecksum", "no")


if __name__ == "__main__":
    main()
