#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks the rules of the house: layers of includes, forbidden calls, headers of files, the folder list of the docs.

lint.py --tree ROOT       checks the project and prints each finding as file:line: rule: text
lint.py --self-test ROOT  runs every rule over a bad and a good snippet
"""

import pathlib
import re
import sys

# Who may include whom, below core/ and ui/. A folder always sees itself. `sees` of core is closed transitively.
CORE = {
    "base": [],
    "async": ["base"],
    "decode": ["base"],
    "patterns": ["base"],
    "resp": ["base"],
    "rdb": ["base"],
    "keys": ["base"],
    "unpack": ["base"],
    "config": ["async"],
    "net": ["async", "resp", "rdb", "keys", "config"],
    "engine": ["async", "resp", "rdb", "keys", "config", "unpack"],
    "source": ["net", "engine"],
    "values": ["source"],
    "monitor": ["source"],
    "pubsub": ["source"],
    "analyze": ["source"],
    "transfer": ["source"],
}
UI = {
    "format": [],
    "theme": ["format"],
    "models": ["theme"],
    "views": ["models"],
    "editors": ["views"],
    "charts": ["views"],
    "dialogs": ["views", "editors", "charts"],
    "panels": ["views", "editors", "charts", "dialogs"],
    "shell": ["panels"],
}
PURE = ("base", "resp", "rdb", "keys", "unpack", "decode", "patterns")  # no QObject, socket or thread below these
PURE_FORBIDDEN = r"<(?:QObject|QThread|QTimer|QTcpSocket|QLocalSocket|QSslSocket|QAbstractSocket|QTcpServer|QThreadPool|QFuture\w*|thread|QtNetwork|QtConcurrent)[/>]"
SOURCE_SUFFIXES = (".cpp", ".h", ".py", ".sh", ".cmake", ".1", ".xml", ".desktop")
SKIPPED_FOLDERS = {"build", ".git", "LICENSES", "__pycache__", ".cache", ".qtc_clangd"}
GUI_MODULES = r"<(?:QtGui|QtWidgets|QtPrintSupport|QtSvg)[/>]|<Q(?:Widget|Application|GuiApplication|Painter|Pixmap|Image|Icon|Color|Font|Palette|Dialog|Menu|Action|MainWindow|Svg\w*|Label|TreeView|TableView|Clipboard|Brush|Pen)>"


def closure(layers):
    seen = {}

    def visit(name):
        if name not in seen:
            seen[name] = {name}.union(*[visit(below) for below in layers[name]])
        return seen[name]

    for name in layers:
        visit(name)
    return seen


CORE_SEES, UI_SEES = closure(CORE), closure(UI)


def strip_comments(text):
    """Blanks comments and string literals, keeping line numbers, so that a rule sees code only."""
    def blank(match):
        piece = match.group(0)
        if piece.startswith(("/", "'", '"', "R")):
            return "".join("\n" if c == "\n" else " " for c in piece)
        return piece
    pattern = r'//[^\n]*|/\*.*?\*/|R"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9A-Za-z_])\'(?:\\.|[^\'\\\n])*\''
    return re.sub(pattern, blank, text, flags=re.S)


def lines_matching(text, pattern):
    for number, line in enumerate(text.split("\n"), 1):
        if re.search(pattern, line):
            yield number, line.strip()


def is_cpp(path):
    return path.suffix in (".cpp", ".h")


def in_product(path):
    return path.parts[0] in ("app", "core", "ui")


def check_layers(path, text):
    if not is_cpp(path) or not in_product(path):
        return
    top = path.parts[0]
    for number, line in enumerate(text.split("\n"), 1):
        found = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
        if not found:
            continue
        parts = found.group(1).split("/")
        if parts[0] not in ("app", "core", "ui", "tests"):
            if not found.group(1).endswith(".moc"):
                yield number, f'include "{found.group(1)}" by its full path from the root'
            continue
        if parts[0] == "tests" or (parts[0] == "app" and top != "app") or (parts[0] == "ui" and top == "core"):
            yield number, f"{top} must not include {parts[0]}"
        elif parts[0] == top and top in ("core", "ui") and len(parts) > 2 and len(path.parts) > 2:
            sees = (CORE_SEES if top == "core" else UI_SEES).get(path.parts[1])
            if sees is None:
                yield number, f"{top}/{path.parts[1]} is not in the table of layers"
            elif parts[1] not in sees:
                yield number, f"{top}/{path.parts[1]} must not include {top}/{parts[1]}"
            elif top == "ui" and path.parts[1] == parts[1] == "panels" and path.stem != pathlib.PurePath(parts[-1]).stem and is_panel(path, parts[-1]):
                yield number, "panels do not include panels"


def is_panel(path, header):
    """A panel is x_panel.cpp/.h; panels may share the interface panel.h and helpers of their own."""
    return header.endswith("_panel.h")


def check_pure(path, text):
    if is_cpp(path) and path.parts[0] == "core" and len(path.parts) > 2 and path.parts[1] in PURE:
        for number, line in lines_matching(text, r"#\s*include\s*" + PURE_FORBIDDEN):
            yield number, f"core/{path.parts[1]} knows no QObject, socket or thread: {line}"


def check_core_without_gui(path, text):
    if is_cpp(path) and path.parts[0] == "core":
        for number, line in lines_matching(text, r"#\s*include\s*(?:" + GUI_MODULES + ")"):
            yield number, f"core must not include Qt Gui or Widgets: {line}"


def check_qcustomplot(path, text):
    if is_cpp(path) and not (path.parts[:2] == ("ui", "charts") and path.suffix == ".cpp"):
        for number, _ in lines_matching(text, r'#\s*include\s*[<"]qcustomplot\.h'):
            yield number, "qcustomplot.h only in ui/charts/*.cpp"


def check_singletons(path, text):
    if is_cpp(path) and in_product(path):
        for number, line in lines_matching(strip_comments(text), r"(?<![.>:\w])(?:\w+::)?instance\s*\(\s*\)\s*(?:const\s*)?(?:\{|$)|\bstatic\b[^;=]*\binstance\s*\("):
            if not re.search(r"Q(?:Core|Gui)?Application::instance", line):
                yield number, f"no singletons; pass it to the constructor: {line}"


BLOCKING = (r"\bprocessEvents\s*\(|\bQEventLoop\b|\bwaitFor(?:Connected|ReadyRead|BytesWritten|Disconnected|Finished|Started|Encrypted|NewConnection)\s*\(|"
            r"\b(?:msleep|usleep|nanosleep|sleep_for|sleep_until)\s*\(|\bQThread::sleep\b|"
            r"\b(?:[Dd]ialog|box|menu|m_dialog|messageBox)\w*(?:\.|->)exec\s*\(|\bQMessageBox::(?:question|warning|information|critical|about)\s*\(|"
            r"\bQInputDialog::get\w+\s*\(|\bQFileDialog::get\w+\s*\(|\bQDialog::exec\b")


def check_blocking(path, text):
    if is_cpp(path) and in_product(path):
        for number, line in lines_matching(strip_comments(text), BLOCKING):
            yield number, f"no nested event loop, wait or sleep in product code: {line}"


def check_spdx(path, text):
    if path.suffix not in SOURCE_SUFFIXES and path.name not in ("CMakeLists.txt", "run", "debian.txt"):
        return
    head = "\n".join(text.split("\n")[:4])
    if "SPDX-License-Identifier: GPL-3.0-or-later" not in head:
        yield 1, "the SPDX line is missing at the top"
    elif is_cpp(path) and not text.startswith("// SPDX"):
        yield 1, "the SPDX line must come first"


def check_header_comment(path, text):
    if path.suffix == ".h" and in_product(path):
        lines = text.split("\n")[1:]
        if not any(re.match(r"//+\s*\S", line) for line in lines[:6]):
            yield 1, "a header opens with what it is, who owns it, which thread"
        if "#pragma once" not in text:
            yield 1, "a header needs #pragma once"


# The machine and user folders that have no place in a project. Built from parts so that this file passes its own rule.
MACHINE_PATH = r"(?<![\w.$}/])/(?:" + "|".join(("home/[a-z]", "ro" + "ot/", "wo" + "rk/", "Us" + "ers/[a-zA-Z]", "mn" + "t/")) + ")"


def check_paths(path, text):
    if path.name == "check-deb.sh":  # its paths are inside the root that it makes
        return
    for number, line in lines_matching(text, MACHINE_PATH):
        yield number, f"a path of one machine: {line[:100]}"


RULES = [check_layers, check_pure, check_core_without_gui, check_qcustomplot, check_singletons, check_blocking, check_spdx, check_header_comment, check_paths]


def check_architecture(root):
    """docs/ARCHITECTURE.md names exactly the folders that exist below app, core, ui and tests, as `core/base`."""
    page = root / "docs" / "ARCHITECTURE.md"
    if not page.exists():
        yield "docs/ARCHITECTURE.md", 1, "the page is missing"
        return
    yield from compare_folders(page.read_text(encoding="utf-8"), real_folders(root))


def real_folders(root):
    found = set()
    for top in ("core", "ui"):
        found |= {f"{top}/{p.name}" for p in (root / top).iterdir() if p.is_dir() and has_code(p)}
    return found


def has_code(folder):
    return any(folder.rglob("*.cpp")) or any(folder.rglob("*.h"))


def compare_folders(page, real):
    named = set(re.findall(r"`((?:core|ui)/[a-z_]+)/?`", page))
    for folder in sorted(real - named):
        yield "docs/ARCHITECTURE.md", 1, f"the folder list lacks `{folder}`"
    for folder in sorted(named - real):
        yield "docs/ARCHITECTURE.md", 1, f"`{folder}` is named, but there is no code in such a folder"


def project_files(root):
    for path in sorted(root.rglob("*")):
        relative = path.relative_to(root)
        if path.is_file() and not SKIPPED_FOLDERS & set(relative.parts):
            yield path, relative


def check_tree(root):
    findings = []
    for path, relative in project_files(root):
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # binary
        for rule in RULES:
            findings += [(relative.as_posix(), number, rule.__name__[6:], message) for number, message in rule(relative, text)]
    findings += [(name, number, "architecture", message) for name, number, message in check_architecture(root)]
    for name, number, rule, message in findings:
        print(f"{name}:{number}: {rule}: {message}")
    return len(findings)


SPDX = "// SPDX-License-Identifier: GPL-3.0-or-later\n"

# rule, file, bad text, good text
SELF_TEST = [
    (check_layers, "core/base/a.cpp", '#include "core/async/b.h"', '#include "core/base/b.h"'),
    (check_layers, "core/rdb/a.cpp", '#include "core/engine/b.h"', '#include "core/base/b.h"'),
    (check_layers, "core/decode/a.cpp", '#include "core/resp/b.h"', '#include "core/decode/b.h"'),
    (check_layers, "core/net/a.cpp", '#include "core/source/b.h"', '#include "core/resp/b.h"'),
    (check_layers, "core/source/a.cpp", '#include "core/values/b.h"', '#include "core/base/b.h"'),
    (check_layers, "core/values/a.cpp", '#include "core/monitor/b.h"', '#include "core/source/b.h"'),
    (check_layers, "core/values/a.h", '#include "ui/format/b.h"', '#include "core/values/b.h"'),
    (check_layers, "ui/models/a.cpp", '#include "ui/views/b.h"', '#include "ui/theme/b.h"'),
    (check_layers, "ui/format/a.cpp", '#include "ui/models/b.h"', '#include "core/source/b.h"'),
    (check_layers, "ui/panels/a_panel.cpp", '#include "ui/panels/b_panel.h"', '#include "ui/panels/a_panel.h"\n#include "ui/panels/panel.h"'),
    (check_layers, "ui/views/a.cpp", '#include "app/b.h"', '#include "core/base/b.h"'),
    (check_layers, "core/base/a.cpp", '#include "b.h"', '#include "a.moc"'),
    (check_layers, "core/elsewhere/a.cpp", '#include "core/base/b.h"', "#include <QString>"),
    (check_pure, "core/resp/a.h", "#include <QObject>", "#include <QByteArray>"),
    (check_pure, "core/rdb/a.h", "#include <thread>", "#include <QFile>"),
    (check_core_without_gui, "core/values/a.h", "#include <QColor>", "#include <QObject>"),
    (check_core_without_gui, "core/values/a.h", "#include <QtWidgets/QLabel>", "#include <QtCore/QString>"),
    (check_qcustomplot, "ui/charts/plot.h", "#include <qcustomplot.h>", "class QCustomPlot;"),
    (check_qcustomplot, "ui/panels/a.cpp", '#include "qcustomplot.h"', '#include "ui/charts/plot.h"'),
    (check_singletons, "core/base/a.h", "static Settings &instance();", "int instances();"),
    (check_singletons, "core/base/a.cpp", "Settings &Settings::instance() {", "auto *app = QCoreApplication::instance();"),
    (check_blocking, "ui/shell/a.cpp", "QCoreApplication::processEvents();", "// never processEvents()"),
    (check_blocking, "core/net/a.cpp", "socket.waitForReadyRead(100);", "connect(&socket, &QTcpSocket::readyRead, this, f);"),
    (check_blocking, "core/net/a.cpp", "QEventLoop loop;", 'log("QEventLoop");'),
    (check_blocking, "core/net/a.cpp", "QThread::msleep(5);", "timer.start(5);"),
    (check_blocking, "ui/dialogs/a.cpp", "dialog.exec();", "dialog->open();"),
    (check_blocking, "ui/dialogs/a.cpp", "QMessageBox::question(this, a, b);", "box->open();"),
    (check_blocking, "ui/dialogs/a.cpp", "auto f = QFileDialog::getOpenFileName(this);", "picker->open();"),
    (check_spdx, "core/base/a.cpp", "#include <QString>", SPDX),
    (check_spdx, "core/base/a.cpp", "\n" + SPDX, SPDX + "\n"),
    (check_spdx, "cmake/a.cmake", "set(a b)", "# SPDX-License-Identifier: GPL-3.0-or-later"),
    (check_spdx, "packaging/a.sh", "#!/bin/sh\nset -e", "#!/bin/sh\n# SPDX-License-Identifier: GPL-3.0-or-later"),
    (check_header_comment, "core/base/a.h", SPDX + "#pragma once\n", SPDX + "//\n// A thing.\n#pragma once\n"),
    (check_header_comment, "core/base/a.h", SPDX + "//\n// A thing.\n", SPDX + "//\n// A thing.\n#pragma once\n"),
    (check_paths, "docs/a.md", "see /ho" + "me/ann/keyloupe", "see /usr/share/keyloupe"),
    (check_paths, "tests/a.cpp", '"/wo' + 'rk/shared"', '"../shared"'),
]


def self_test():
    failures = 0
    for rule, name, bad, good in SELF_TEST:
        path = pathlib.PurePosixPath(name)
        if not list(rule(path, bad)):
            failures += 1
            print(f"{rule.__name__} does not catch in {name}: {bad!r}")
        for _, message in rule(path, good):
            failures += 1
            print(f"{rule.__name__} wrongly complains in {name}: {message}")
    untested = set(RULES) - {row[0] for row in SELF_TEST}
    for rule in untested:
        failures += 1
        print(f"{rule.__name__} has no row in the self-test")
    page, real = "- `core/base/` small things\n- `ui/gone` old", {"core/base", "ui/shell"}
    if len(list(compare_folders(page, real))) != 2 or list(compare_folders("`core/base` `ui/shell`", real)):
        failures += 1
        print("compare_folders is wrong")
    print(f"{len(SELF_TEST) + 1} rows, {failures} failures")
    return failures


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in ("--tree", "--self-test"):
        sys.exit(__doc__)
    sys.exit(1 if (self_test() if sys.argv[1] == "--self-test" else check_tree(pathlib.Path(sys.argv[2]))) else 0)


if __name__ == "__main__":
    main()
