#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real program on a real X server (Xvfb): it opens a snapshot from the command line, shows a window that is not
blank, answers the keyboard, and ends with 0 when it is closed. Also with a file that is no snapshot.

xvfb_smoke.py KEYLOUPE SNAPSHOT
Exit 77 (skipped, for ctest) where Xvfb, xdotool or xwd are not installed. Standard library only.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time

WAIT_S = 30
SKIPPED = 77


def fail(text):
    print(f"FAIL: {text}")
    sys.exit(1)


def wait_for(what, check):
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        result = check()
        if result:
            return result
        time.sleep(0.1)
    fail(f"{what}: not within {WAIT_S} s")


class Display:
    """An X server of our own, on a display number that it chooses itself."""

    def __enter__(self):
        read, write = os.pipe()
        self.process = subprocess.Popen(["Xvfb", "-displayfd", str(write), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"],
                                        pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as pipe:
            number = pipe.readline().strip()
        if not number:
            fail("Xvfb does not start")
        self.name = f":{number}"
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)


def colours(environment, window):
    """How many different pixel values the window's picture has, read from its XWD dump."""
    dump = subprocess.run(["xwd", "-silent", "-id", window], env=environment, capture_output=True, check=False).stdout
    if len(dump) < 200:
        return 0
    header = int.from_bytes(dump[0:4], "big")
    entries = int.from_bytes(dump[76:80], "big")  # colour map, 12 bytes each
    pixels = dump[header + 12 * entries:]
    return len({pixels[i:i + 4] for i in range(0, len(pixels) - 3, 4)})


def run(program, argument, environment):
    process = subprocess.Popen([program, argument], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        def window():
            if process.poll() is not None:
                fail(f"it ended with {process.returncode}: {process.stdout.read().decode(errors='replace')}")
            found = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "Keyloupe"], env=environment, capture_output=True, text=True, check=False)
            return found.stdout.split()

        shown = wait_for("its window", window)[0]
        seen = wait_for("a picture", lambda: colours(environment, shown) > 30 and colours(environment, shown))
        print(f"{os.path.basename(argument)}: window {shown}, {seen} colours")
        subprocess.run(["xdotool", "windowfocus", "--sync", shown], env=environment, check=False)
        # The window may be gone before the key is up again: only the end of the program counts.
        subprocess.run(["xdotool", "key", "ctrl+q"], env=environment, stderr=subprocess.DEVNULL, check=False)
        wait_for("closing", lambda: process.poll() is not None)
        if process.returncode != 0:
            fail(f"it ended with {process.returncode}: {process.stdout.read().decode(errors='replace')}")
    finally:
        if process.poll() is None:
            process.kill()


def main():
    program, snapshot = sys.argv[1:3]
    missing = [tool for tool in ("Xvfb", "xdotool", "xwd") if not shutil.which(tool)]
    if missing:
        print(f"skipped: {', '.join(missing)} not installed")
        sys.exit(SKIPPED)
    with tempfile.TemporaryDirectory() as folder, Display() as display:
        environment = dict(os.environ, DISPLAY=display.name, QT_QPA_PLATFORM="xcb", HOME=folder, XDG_CONFIG_HOME=folder, XDG_RUNTIME_DIR=folder)
        environment.pop("WAYLAND_DISPLAY", None)
        broken = os.path.join(folder, "broken.rdb")
        with open(broken, "w", encoding="ascii") as file:
            file.write("this is no snapshot")
        run(program, snapshot, environment)
        run(program, broken, environment)
    print("ok")


if __name__ == "__main__":
    main()
