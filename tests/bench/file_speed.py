#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opening, checking and saving a large RDB, against other readers of RDB files in the same run.

usage: file_speed.py FILE.rdb BIN [--librdb DIR] [--rounds N]

FILE.rdb   as make_big_rdb.py makes it
BIN        folder of an optimised build: keyloupe-cli, bench_open_file, bench_open_value, bench_first_keys (preset bench)
--librdb   a built checkout of librdb (its bin/rdb-cli and lib/*.a); without it the ratios against it are left out

Prints a line "figure NAME VALUE UNIT LIMIT" for each and exits with 1 when one misses its limit ("-" has none). Each time is the best
of N rounds (3), taken in turn with those it is compared with. The file is in the page cache when it begins."""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

missed = False


def figure(name, value, unit, limit=None, most=True):
    """A figure with its limit: at most, or at least."""
    global missed
    good = limit is None or (value <= limit if most else value >= limit)
    missed = missed or not good
    bound = "-" if limit is None else ("<=" if most else ">=") + f"{limit:g}"
    print(f"figure {name} {value:.4g} {unit} {bound}{'' if good else '  MISSED'}", flush=True)


def seconds(command, codes=(0,)):
    start = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    took = time.perf_counter() - start
    if done.returncode not in codes:
        sys.exit(f"{command[0]} failed: {done.stderr.decode(errors='replace').strip()}")
    return took


def bench(command):
    """What a bench program prints, and the most memory that it had, in bytes."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{command[0]} failed")
    values = {}
    for line in out.splitlines():
        words = line.split()
        for name, value in zip(words[::2], words[1::2]):
            try:
                values[name] = float(value)
            except ValueError:
                pass
    return values, usage.ru_maxrss * 1024


def server_load(path):
    """Seconds that redis-server says it took to load the file."""
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, "log")
        process = subprocess.Popen(["redis-server", "--port", "0", "--unixsocket", os.path.join(folder, "s"), "--save", "", "--dir", str(path.parent),
                                    "--dbfilename", path.name, "--logfile", log])
        try:
            while True:
                time.sleep(0.1)
                text = pathlib.Path(log).read_text() if os.path.exists(log) else ""
                found = re.search(r"DB loaded from disk: ([0-9.]+) seconds", text)
                if found:
                    return float(found.group(1))
                if process.poll() is not None:
                    sys.exit("redis-server could not load the file")
        finally:
            process.kill()
            process.wait()


def copy_and_sync(path, folder):
    target = os.path.join(folder, "plain-copy")
    start = time.perf_counter()
    with open(path, "rb") as source, open(target, "wb", buffering=0) as copy:
        shutil.copyfileobj(source, copy, 4 << 20)
        os.fsync(copy.fileno())
    took = time.perf_counter() - start
    os.unlink(target)
    return took


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=pathlib.Path)
    parser.add_argument("bin", type=pathlib.Path)
    parser.add_argument("--librdb", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    path = options.file.resolve()
    cli, opener = str(options.bin / "keyloupe-cli"), str(options.bin / "bench_open_file")
    size = path.stat().st_size
    best = {}

    def take(name, value):
        best[name] = min(value, best.get(name, value))

    with tempfile.TemporaryDirectory(prefix=".keyloupe-bench-", dir=path.parent) as folder:
        skip = None
        if options.librdb:
            skip = os.path.join(folder, "librdb_skip")
            subprocess.run(["cc", "-O3", "-I", str(options.librdb / "api"), str(pathlib.Path(__file__).with_name("librdb_skip.c")),
                            str(options.librdb / "lib/librdb-ext.a"), str(options.librdb / "lib/librdb.a"), "-o", skip], check=True)
        seconds(["cat", str(path)])
        memory = {}
        for _ in range(options.rounds):
            take("check", seconds([cli, "check", str(path)]))
            for what in ("index", "sorted", "first"):
                values, peak = bench([opener, str(path), what])
                take(what, values[what])
                memory[what] = (values, peak)
            take("deep", seconds([cli, "check", "--deep", str(path)]))
            if skip:
                take("librdb skip", seconds([skip, str(path)]))
            take("redis-check-rdb", seconds(["redis-check-rdb", str(path)]))
        for _ in range(2):
            take("copy", copy_and_sync(path, folder))
            values, _peak = bench([opener, str(path), "save", os.path.join(folder, "saved.rdb")])
            take("save", values["save"])
            os.unlink(os.path.join(folder, "saved.rdb"))
        take("redis-server", server_load(path))
        if skip:
            take("librdb print", seconds([str(options.librdb / "bin/rdb-cli"), str(path), "json", "-o", "/dev/null"]))

    index, index_peak = memory["index"]
    keys = index["keys"]
    figure("file", size / 1e9, "GB")
    figure("keys", keys / 1e6, "million")
    for name in sorted(best):
        figure(name.replace(" ", "_"), best[name], "s")
    if skip:
        figure("check_vs_librdb_skip", best["librdb skip"] / best["check"], "times", 4, most=False)
        figure("sorted_vs_librdb_skip", best["librdb skip"] / best["sorted"], "times", 1, most=False)
        figure("deep_vs_librdb_print", best["librdb print"] / best["deep"], "times", 3, most=False)
    figure("check_vs_redis_server_load", best["redis-server"] / best["check"], "times", 12, most=False)
    figure("check_vs_redis_check_rdb", best["redis-check-rdb"] / best["check"], "times")
    allowed = 1.2 * index["name_bytes"] + 24 * keys
    figure("index_bytes_per_key", index["index_bytes"] / keys, "B")
    # The mapping counts as resident; so do the program and its libraries, about 30 MB.
    figure("peak_beyond_mapping_per_key", (memory["index"][1] - size) / keys, "B", allowed / keys)
    figure("peak_beyond_mapping_per_key_sorted", (memory["sorted"][1] - size) / keys, "B", allowed / keys)
    figure("first_keys_listed", best["first"] * 1000, "ms")
    window = str(options.bin / "bench_first_keys")
    if os.path.exists(window):
        out = subprocess.run([window, str(path)], capture_output=True, text=True, check=True, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}).stdout
        shown = dict(line.split() for line in out.splitlines())
        figure("first_keys_on_screen", float(shown["first_rows_ms"]), "ms", 300)
        figure("longest_stall_while_opening", float(shown["longest_stall_ms"]), "ms")
    figure("save_vs_copy_and_sync", best["save"] / best["copy"], "times", 2)
    opened = subprocess.run([str(options.bin / "bench_open_value"), str(path)], capture_output=True, text=True, check=True).stdout
    for name, line in (("open_value_p99", "keys taken evenly"), ("open_largest_p99", "the largest values")):
        found = re.search(line + r":.*99th percentile ([0-9.]+) ms", opened)
        if found:
            figure(name, float(found.group(1)), "ms", 50)
    sys.exit(1 if missed else 0)


main()
