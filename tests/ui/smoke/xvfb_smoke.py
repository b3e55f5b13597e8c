#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real program on a real X server (Xvfb): it opens a snapshot from the command line, shows a window that is not
blank, and ends with 0 however it is closed: by its keys, by the window manager's close button, by SIGTERM. Also with a
file that is no snapshot.

xvfb_smoke.py KEYLOUPE SNAPSHOT
Exit 77 (skipped, for ctest) where Xvfb, xdotool or xwd are not installed. Standard library only.
"""

import ctypes
import ctypes.util
import os
import shutil
import signal
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
        # Without -noreset it begins anew whenever its last client leaves, and refuses the next one meanwhile.
        self.process = subprocess.Popen(["Xvfb", "-displayfd", str(write), "-screen", "0", "1600x1000x24", "-nolisten", "tcp", "-noreset"],
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


class ClientMessage(ctypes.Structure):
    """XClientMessageEvent of Xlib."""
    _fields_ = [("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int), ("display", ctypes.c_void_p),
                ("window", ctypes.c_ulong), ("message_type", ctypes.c_ulong), ("format", ctypes.c_int), ("data", ctypes.c_long * 5)]


class Event(ctypes.Union):
    _fields_ = [("client", ClientMessage), ("pad", ctypes.c_long * 24)]


def close_by_keys(environment, window, _):
    subprocess.run(["xdotool", "windowfocus", "--sync", window], env=environment, check=False)
    # The window may be gone before the key is up again: only the end of the program counts.
    subprocess.run(["xdotool", "key", "ctrl+q"], env=environment, stderr=subprocess.DEVNULL, check=False)


def close_by_window_manager(environment, window, _):
    """WM_DELETE_WINDOW, as the close button of a title bar sends it; no window manager runs here."""
    x11 = ctypes.CDLL(ctypes.util.find_library("X11"))
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XInternAtom.restype = ctypes.c_ulong
    x11.XInternAtom.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
    x11.XSendEvent.argtypes = [ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int, ctypes.c_long, ctypes.c_void_p]
    x11.XCloseDisplay.argtypes = [ctypes.c_void_p]
    display = x11.XOpenDisplay(environment["DISPLAY"].encode())
    if not display:
        fail("the display cannot be opened")
    event = Event()
    event.client.type = 33  # ClientMessage
    event.client.window = int(window)
    event.client.message_type = x11.XInternAtom(display, b"WM_PROTOCOLS", 0)
    event.client.format = 32
    event.client.data[0] = x11.XInternAtom(display, b"WM_DELETE_WINDOW", 0)
    x11.XSendEvent(display, int(window), 0, 0, ctypes.byref(event))
    x11.XCloseDisplay(display)  # sends what waits


def close_by_signal(_environment, _window, process):
    process.send_signal(signal.SIGTERM)


def run(program, argument, environment, close, title):
    process = subprocess.Popen([program, argument], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        def window():
            if process.poll() is not None:
                fail(f"it ended with {process.returncode}: {process.stdout.read().decode(errors='replace')}")
            found = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", title], env=environment, capture_output=True, text=True, check=False)
            return found.stdout.split()

        shown = wait_for("its window", window)[0]
        seen = wait_for("a picture", lambda: colours(environment, shown) > 30 and colours(environment, shown))
        print(f"{os.path.basename(argument)}: window {shown}, {seen} colours, {close.__name__}")
        close(environment, shown, process)
        wait_for("closing", lambda: process.poll() is not None)
        if process.returncode != 0:
            fail(f"it ended with {process.returncode}: {process.stdout.read().decode(errors='replace')}")
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def main():
    program, snapshot = sys.argv[1:3]
    missing = [tool for tool in ("Xvfb", "xdotool", "xwd") if not shutil.which(tool)]
    if not ctypes.util.find_library("X11"):
        missing.append("libX11")
    if missing:
        print(f"skipped: {', '.join(missing)} not installed")
        sys.exit(SKIPPED)
    with tempfile.TemporaryDirectory() as folder, Display() as display:
        environment = dict(os.environ, DISPLAY=display.name, QT_QPA_PLATFORM="xcb", HOME=folder, XDG_CONFIG_HOME=folder, XDG_RUNTIME_DIR=folder)
        environment.pop("WAYLAND_DISPLAY", None)
        broken = os.path.join(folder, "broken.rdb")
        with open(broken, "w", encoding="ascii") as file:
            file.write("this is no snapshot")
        # The title of the window names the snapshot once it is open.
        for close in (close_by_keys, close_by_window_manager, close_by_signal):
            run(program, snapshot, environment, close, os.path.basename(snapshot))
        run(program, broken, environment, close_by_keys, "Keyloupe")
    print("ok")


if __name__ == "__main__":
    main()
