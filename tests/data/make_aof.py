#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/data/aof: small append-only files that a real redis-server (7.0 or later) wrote, whole and in parts.

plain.aof has commands only, stamped.aof time stamps too, rewritten.aof what a rewrite without RDB makes of the keys,
preamble.aof an RDB with commands behind it; parts/ is the folder of a multi-part AOF with two increments. In each of them
database 0 has the keys of FILL below. Needs redis-server on the PATH. Run it again only to add files: time stamps differ each time.
"""

import glob
import os
import shutil
import time

from make_rdb import FUTURE_MS, Server

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "aof")
FILL = ["SET string value", "SET number 12", "INCRBYFLOAT number 0.5", f"SET lives v PXAT {FUTURE_MS}", "RPUSH list a b c", "LPOP list",
        "SADD set 1 2 3", "SADD set word", "ZADD zset 1 a 2.5 b", "HSET hash f v g w", "HINCRBY hash n 3", "PFADD sketch a b c",
        "XADD stream 1-1 f v", "XADD stream 2-1 f v", "XGROUP CREATE stream group 0", "XREADGROUP GROUP group alice COUNT 1 STREAMS stream >",
        "XACK stream group 1-1", "SETRANGE ranges 5 x", "BITFIELD bits SET u8 0 7", "GEOADD geo 13.3 38.1 Palermo",
        "MULTI", "SET in1 1", "SELECT 3", "SET in2 2", "SELECT 0", "RENAME in1 renamed", "EXEC", "DEL string", "SELECT 5", "SET five 5", "SELECT 0"]


def rewrite(server):
    server.call("BGREWRITEAOF")
    while b"aof_rewrite_in_progress:1" in server.call("INFO", "persistence") or b"aof_rewrite_scheduled:1" in server.call("INFO", "persistence"):
        time.sleep(0.05)


def run(lines, server):
    for line in lines:
        server.call(*line.split())


def read(folder, pattern):
    data = b""
    for path in sorted(glob.glob(os.path.join(folder, "appendonlydir", pattern))):
        with open(path, "rb") as file:
            data += file.read()
    return data


def write(name, data):
    with open(os.path.join(HERE, name), "wb") as file:
        file.write(data)


def main():
    shutil.rmtree(HERE, ignore_errors=True)
    os.makedirs(HERE)
    for name, stamps in (("plain.aof", "no"), ("stamped.aof", "yes")):
        server = Server("--appendonly", "yes", "--aof-timestamp-enabled", stamps)
        run(FILL, server)
        write(name, read(server.folder, "*.incr.aof"))
        server.stop()
    server = Server("--appendonly", "yes", "--aof-use-rdb-preamble", "no")
    run(FILL, server)
    server.call("FUNCTION", "LOAD", "#!lua name=lib\nredis.register_function('f', function() return 1 end)")
    rewrite(server)
    write("rewritten.aof", read(server.folder, "*.base.aof"))
    server.stop()
    server = Server("--appendonly", "yes")
    run(FILL[:12], server)
    rewrite(server)
    run(FILL[12:], server)
    write("preamble.aof", read(server.folder, "*.base.rdb") + read(server.folder, "*.incr.aof"))
    folder = os.path.join(server.folder, "appendonlydir")
    shutil.copytree(folder, os.path.join(HERE, "parts"))
    server.stop()
    # A server leaves a second increment when a rewrite fails; the halves of one are the same to a reader.
    parts = os.path.join(HERE, "parts")
    (incr,) = glob.glob(os.path.join(parts, "*.incr.aof"))
    with open(incr, "rb") as file:
        data = file.read()
    half = data.index(b"*5\r\n$6\r\nXGROUP")
    with open(incr, "wb") as file:
        file.write(data[:half])
    with open(os.path.join(parts, "second half.aof"), "wb") as file:
        file.write(b"*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n" + data[half:])
    with open(os.path.join(parts, "appendonly.aof.manifest"), "a", encoding="ascii") as file:
        file.write('file "second half.aof" seq 9 type i\n')


if __name__ == "__main__":
    main()
