#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes demo.rdb, the snapshot that `keyloupe --demo` opens: the cache of an invented online shop.

Starts a redis-server of its own on a free loopback port in a temporary folder, fills it, saves, and copies the file
next to this script. The data come from a seeded generator; only time stamps follow the clock, so that the times to
live are counted from the moment of the snapshot. Standard library only; needs redis-server on the PATH.
"""

import argparse
import base64
import json
import os
import pickle
import random
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
import zlib

SEED = 20240229
DAY = 86400
MAX_BYTES = 600 * 1024

FIRST = ["Ada", "Bruno", "Chiara", "Dmitri", "Elif", "Farah", "Goran", "Hanna", "Igor", "Jun", "Kateryna", "Léa", "Mateo",
         "Noor", "Olga", "Pia", "Quentin", "Rosa", "Søren", "Tariq", "Uma", "Václav", "Wei", "Ximena", "Yuki", "Zoë"]
LAST = ["Almeida", "Bauer", "Chen", "Dubois", "Eriksen", "Fischer", "García", "Haddad", "Ivanova", "Jansen", "Kowalski",
        "Lindqvist", "Moreau", "Nakamura", "O'Brien", "Petrov", "Quispe", "Rossi", "Schäfer", "Tanaka", "Úlfsson", "Vega"]
CITIES = [("Berlin", 13.4050, 52.5200), ("Lisbon", -9.1393, 38.7223), ("Kraków", 19.9450, 50.0647), ("Oslo", 10.7522, 59.9139),
          ("Torino", 7.6869, 45.0703), ("Lyon", 4.8357, 45.7640), ("Gdańsk", 18.6466, 54.3520), ("Porto", -8.6291, 41.1579),
          ("Wien", 16.3738, 48.2082), ("Tallinn", 24.7536, 59.4370), ("Osaka", 135.5023, 34.6937), ("成都", 104.0665, 30.5723)]
NOUNS = ["Kettle", "Lamp", "Backpack", "Notebook", "Mug", "Chair", "Speaker", "Tent", "Watch", "Bicycle bell", "Frying pan",
         "Desk mat", "Umbrella", "Scarf", "Thermos", "Headphones", "Chess set", "Planter", "Raincoat", "Toolbox"]
ADJECTIVES = ["Folding", "Enamel", "Walnut", "Compact", "Insulated", "Linen", "Brass", "Quiet", "Recycled", "Everyday", "Trail", "Studio"]
CATEGORIES = ["kitchen", "home", "outdoor", "office", "audio", "garden", "games", "wear"]
TAGS = ["new", "sale", "gift", "eco", "handmade", "last-items", "bestseller", "bundle"]
AGENTS = ["Mozilla/5.0 (X11; Linux x86_64) Firefox/132.0", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1)", "ShopApp/7.4 (Android 15)"]


class Redis:
    """Just enough of a client: pipelined commands over one socket."""

    def __init__(self, port):
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.file = self.sock.makefile("rb")
        self.pending = 0
        self.out = bytearray()

    def add(self, *args):
        self.out += b"*%d\r\n" % len(args)
        for arg in args:
            data = arg if isinstance(arg, bytes) else str(arg).encode()
            self.out += b"$%d\r\n%s\r\n" % (len(data), data)
        self.pending += 1
        if len(self.out) > 1 << 16:
            self.flush()

    def flush(self):
        self.sock.sendall(self.out)
        self.out.clear()
        reply = None
        while self.pending:
            reply = self._read()
            self.pending -= 1
        return reply

    def call(self, *args):
        self.flush()
        self.add(*args)
        return self.flush()

    def _read(self):
        line = self.file.readline()
        kind, rest = line[:1], line[1:-2]
        if kind == b"-":
            raise RuntimeError(rest.decode())
        if kind == b":":
            return int(rest)
        if kind == b"$":
            if int(rest) < 0:
                return None
            return self.file.read(int(rest) + 2)[:-2]
        if kind == b"*":
            return [self._read() for _ in range(max(int(rest), 0))]
        return rest.decode()


def product_name(rnd):
    return f"{rnd.choice(ADJECTIVES)} {rnd.choice(NOUNS)}"


def fill_users(r, rnd, now):
    for uid in range(1001, 1421):
        first, last = rnd.choice(FIRST), rnd.choice(LAST)
        fields = ["name", f"{first} {last}", "email", f"user{uid}@example.com", "country", rnd.choice(["DE", "PT", "PL", "NO", "IT", "FR", "JP", "CN"]),
                  "plan", rnd.choice(["free", "free", "free", "plus", "business"]), "created_at", now - rnd.randint(5, 900) * DAY,
                  "logins", rnd.randint(1, 900), "balance", f"{rnd.uniform(0, 300):.2f}"]
        if rnd.random() < 0.4:
            fields += ["newsletter", "1", "locale", rnd.choice(["de-DE", "pt-PT", "pl-PL", "ja-JP", "zh-CN"])]
        if rnd.random() < 0.04:
            fields += ["note", "Asked by phone for delivery after six. " * rnd.randint(2, 6)]
        r.add("HSET", f"user:{uid}", *fields)
        if rnd.random() < 0.35:
            r.add("SADD", f"user:{uid}:roles", *rnd.sample(["buyer", "reviewer", "seller", "support", "beta"], rnd.randint(1, 3)))
        if rnd.random() < 0.3:
            seen = [f"sku-{rnd.randint(1, 320):04d}" for _ in range(rnd.randint(3, 20))]
            r.add("RPUSH", f"user:{uid}:recently-viewed", *seen)
            r.add("EXPIRE", f"user:{uid}:recently-viewed", rnd.randint(2, 30) * DAY)


def fill_products(r, rnd, now):
    for pid in range(1, 321):
        sku = f"sku-{pid:04d}"
        category = rnd.choice(CATEGORIES)
        doc = {"sku": sku, "name": product_name(rnd), "category": category, "price": {"amount": round(rnd.uniform(4, 240), 2), "currency": "EUR"},
               "stock": {w: rnd.randint(0, 80) for w in ("berlin", "porto", "osaka")}, "tags": rnd.sample(TAGS, rnd.randint(0, 3)),
               "rating": round(rnd.uniform(2.8, 5), 1), "updated": now - rnd.randint(0, 40 * DAY)}
        r.add("SET", f"product:{sku}", json.dumps(doc, ensure_ascii=False))
        for tag in doc["tags"]:
            r.add("SADD", f"tag:{tag}", sku)
        r.add("SADD", f"category:{category}", sku)
        r.add("SET", f"stock:{sku}", sum(doc["stock"].values()))
        r.add("ZADD", "leaderboard:bestsellers:all", rnd.randint(1, 9000), sku)
        if rnd.random() < 0.7:
            r.add("SET", f"cache:page:/p/{sku}", page_html(doc), "EX", rnd.randint(300, 6 * 3600))


def page_html(doc):
    return (f"<article class=\"product\"><h1>{doc['name']}</h1><p class=\"price\">{doc['price']['amount']:.2f} €</p>"
            f"<p>Rated {doc['rating']} of 5</p></article>")


def fill_sessions(r, rnd, now):
    for _ in range(560):
        sid = "%032x" % rnd.getrandbits(128)
        uid = rnd.randint(1001, 1420)
        data = {"uid": uid, "ip": f"203.0.113.{rnd.randint(1, 254)}", "agent": rnd.choice(AGENTS), "csrf": "%016x" % rnd.getrandbits(64),
                "cart_items": rnd.randint(0, 6), "last_seen": now - rnd.randint(0, 3600)}
        r.add("SET", f"session:{sid}", json.dumps(data, separators=(",", ":")), "PX", rnd.randint(60_000, 14 * DAY * 1000))
    for uid in rnd.sample(range(1001, 1421), 150):
        items = {}
        for _ in range(rnd.randint(1, 5)):
            items[f"sku-{rnd.randint(1, 320):04d}"] = rnd.randint(1, 4)
        r.add("HSET", f"cart:{uid}", *[x for pair in items.items() for x in pair])
        r.add("EXPIRE", f"cart:{uid}", rnd.randint(1, 7) * DAY)
    for _ in range(160):
        r.add("SET", f"ratelimit:api:203.0.113.{rnd.randint(1, 254)}", rnd.randint(1, 99), "EX", rnd.randint(20, 900))
    for _ in range(12):
        r.add("SET", f"lock:order:{rnd.randint(50000, 59999)}", "%016x" % rnd.getrandbits(64), "PX", rnd.randint(30_000, 600_000))


def fill_queues_and_boards(r, rnd, now):
    for name, count in (("queue:email", 64), ("queue:invoices", 18), ("queue:thumbnails", 240)):
        rows = [json.dumps({"id": "%08x" % rnd.getrandbits(32), "user": rnd.randint(1001, 1420), "attempt": rnd.randint(1, 3),
                            "queued_at": now - rnd.randint(0, 3600)}) for _ in range(count)]
        r.add("RPUSH", name, *rows)
    r.add("RPUSH", "queue:dead-letter", '{"id":"0badcafe","error":"SMTP 550","attempt":9}')
    for day in range(7):
        stamp = time.strftime("%Y-%m-%d", time.gmtime(now - day * DAY))
        board = f"leaderboard:bestsellers:{stamp}"
        for sku in rnd.sample(range(1, 321), 60):
            r.add("ZADD", board, round(rnd.expovariate(1 / 40), 2), f"sku-{sku:04d}")
        r.add("EXPIREAT", board, now + (30 - day) * DAY)
    for _ in range(300):
        r.add("ZADD", "leaderboard:reviewers", rnd.randint(1, 5000), f"user:{rnd.randint(1001, 1420)}")
    for word in ("kettle", "lamp", "tent", "raincoat", "mug", "stuhl", "чайник", "水壶"):
        hits = [x for s in rnd.sample(range(1, 321), 12) for x in (round(rnd.random(), 4), f"sku-{s:04d}")]
        r.add("ZADD", f"search:terms:{word}", *hits)
        r.add("EXPIRE", f"search:terms:{word}", rnd.randint(600, DAY))


def fill_streams(r, rnd, now):
    kinds = ("placed", "paid", "packed", "shipped", "returned")
    at = (now - 6 * 3600) * 1000
    ids = []
    for n in range(600):
        at += rnd.randint(1, 70_000)
        at = min(at, now * 1000 - (600 - n))
        entry = f"{at}-{n % 3}"
        ids.append(entry)
        r.add("XADD", "events:orders", entry, "type", rnd.choice(kinds), "order", 50000 + n // 2, "user", rnd.randint(1001, 1420),
              "total", f"{rnd.uniform(5, 400):.2f}")
    r.add("XGROUP", "CREATE", "events:orders", "billing", "0")
    r.add("XGROUP", "CREATE", "events:orders", "analytics", ids[400])
    r.add("XGROUP", "CREATE", "events:orders", "webhooks", "$")
    r.add("XREADGROUP", "GROUP", "billing", "worker-1", "COUNT", 25, "STREAMS", "events:orders", ">")
    r.add("XREADGROUP", "GROUP", "billing", "worker-2", "COUNT", 12, "STREAMS", "events:orders", ">")
    r.add("XACK", "events:orders", "billing", *ids[:20])
    r.add("XREADGROUP", "GROUP", "analytics", "etl", "COUNT", 5, "STREAMS", "events:orders", ">")
    r.add("XDEL", "events:orders", *ids[50:55])
    for n in range(90):
        r.add("XADD", "events:audit", "MAXLEN", "500", f"{(now - 3600) * 1000 + n * 31_000}-0", "actor", f"admin:{rnd.randint(1, 4)}", "action",
              rnd.choice(["login", "price.change", "refund", "export"]))


def fill_special(r, rnd, now):
    for city, lon, lat in CITIES:
        for n in range(rnd.randint(1, 3)):
            r.add("GEOADD", "geo:stores", round(lon + rnd.uniform(-0.05, 0.05), 6), round(lat + rnd.uniform(-0.05, 0.05), 6), f"{city} {n + 1}")
    for day in range(14):
        stamp = time.strftime("%Y-%m-%d", time.gmtime(now - day * DAY))
        visitors = [f"v{rnd.randint(1, 4000)}" for _ in range(rnd.choice((40, 120, 400)))]
        for i in range(0, len(visitors), 100):
            r.add("PFADD", f"visitors:{stamp}", *visitors[i:i + 100])
        r.add("EXPIREAT", f"visitors:{stamp}", now + (60 - day) * DAY)
        for uid in rnd.sample(range(0, 420), rnd.randint(60, 240)):
            r.add("SETBIT", f"active-users:{stamp}", uid, 1)
    for name, value in (("page_views", 18_422_907), ("orders", 50_299), ("returns", 1_204)):
        r.add("SET", f"counter:{name}", value)
    r.add("HSET", "config:features", "new-checkout", "on", "dark-mode", "on", "ab:free-shipping", "0.25", "recommendations", "off")
    r.add("HSET", "config:limits", "cart.max_items", 60, "upload.max_mb", 12, "search.page", 24)
    r.add("SET", "config:banner", "Free delivery until Sunday · Kostenlose Lieferung bis Sonntag · 周日前免运费")
    # Values that are not text: a decoder shows what is in them, the hex view shows them as they are.
    profile = {"uid": 1001, "segments": ["loyal", "outdoor"], "score": 0.91}
    r.add("SET", "binary:profile.pickle", pickle.dumps(profile, protocol=4))
    r.add("SET", "binary:catalogue.zlib", zlib.compress(json.dumps([product_name(rnd) for _ in range(120)]).encode(), 9))
    r.add("SET", "binary:token.b64", base64.b64encode(json.dumps(profile).encode()))
    r.add("SET", "binary:all-bytes", bytes(range(256)))
    r.add("SET", "binary:pixel.png", tiny_png())
    r.add("SET", b"binary:key\x00\xff\xfe", b"\x01\x02\x03 a key that is no text")
    r.add("SET", "jwt:demo", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxMDAxIiwiYXVkIjoic2hvcCJ9.")
    # Enough elements for every big encoding to show.
    r.add("SADD", "newsletter:subscribers", *[f"user{u}@example.com" for u in range(1001, 1301)])
    r.add("SADD", "promo:eligible-ids", *range(1001, 1301))
    r.add("HSET", "exchange:eur", *[x for c in ("USD", "GBP", "PLN", "NOK", "JPY", "CNY", "CHF") for x in (c, f"{rnd.uniform(0.8, 160):.4f}")])
    r.add("EXPIREAT", "exchange:eur", now + 3600)


def fill_api_cache(r, rnd, now):
    for _ in range(260):
        path = f"/v2/{rnd.choice(['products', 'reviews', 'shipping', 'recommend'])}?{rnd.choice(['page', 'user', 'sku'])}={rnd.randint(1, 400)}"
        body = {"ok": True, "count": rnd.randint(0, 40), "generated": now - rnd.randint(0, 500), "etag": "%08x" % rnd.getrandbits(32)}
        r.add("SET", f"cache:api:{path}", json.dumps(body), "EX", rnd.randint(30, 3600))


def fill_jobs(r, rnd, now):
    r.call("SELECT", 1)
    for n in range(1, 181):
        state = rnd.choice(["done", "done", "done", "failed", "waiting"])
        r.add("HSET", f"job:{n}", "state", state, "type", rnd.choice(["resize", "report", "reindex", "sync-stock"]), "created", now - rnd.randint(0, 3 * DAY),
              "progress", 100 if state == "done" else rnd.randint(0, 99))
        if state == "done":
            r.add("EXPIRE", f"job:{n}", rnd.randint(1, 3) * DAY)
        r.add("ZADD", f"jobs:{state}", now - rnd.randint(0, 3 * DAY), f"job:{n}")
    r.add("RPUSH", "jobs:waiting:priority", *[f"job:{rnd.randint(1, 180)}" for _ in range(15)])
    r.add("SET", "jobs:last-id", 180)
    r.flush()
    r.call("SELECT", 0)


def tiny_png():
    def chunk(tag, data):
        return struct.pack(">I", len(data)) + tag + data + struct.pack(">I", zlib.crc32(tag + data))
    rows = b"".join(b"\x00" + bytes((200, 60, 50)) * 8 for _ in range(8))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows, 9))
            + chunk(b"IEND", b""))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_until_up(process, port):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            client = Redis(port)
            client.call("PING")
            return client
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("redis-server did not come up")


def main():
    parser = argparse.ArgumentParser(description="Make the demo snapshot")
    parser.add_argument("output", nargs="?", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), "demo.rdb"))
    args = parser.parse_args()
    rnd = random.Random(SEED)
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        process = subprocess.Popen(["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder],
                                   stdout=subprocess.DEVNULL)
        try:
            r = wait_until_up(process, port)
            now = int(time.time())
            for fill in (fill_users, fill_products, fill_sessions, fill_queues_and_boards, fill_streams, fill_special, fill_api_cache, fill_jobs):
                fill(r, rnd, now)
                r.flush()
            # A function library, so that a snapshot with one in it is seen as well.
            r.call("FUNCTION", "LOAD", "#!lua name=shop\nredis.register_function('cart_total', function(keys) return redis.call('HLEN', keys[1]) end)\n")
            keys = r.call("DBSIZE")
            r.call("SAVE")
        finally:
            process.terminate()
            process.wait(10)
        size = os.path.getsize(os.path.join(folder, "dump.rdb"))
        if size > MAX_BYTES:
            sys.exit(f"the snapshot has {size} bytes, more than {MAX_BYTES}")
        shutil.copyfile(os.path.join(folder, "dump.rdb"), args.output)
    print(f"{args.output}: {keys} keys in database 0, {size} bytes")


if __name__ == "__main__":
    main()
