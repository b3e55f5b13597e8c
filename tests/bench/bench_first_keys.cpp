// SPDX-License-Identifier: GPL-3.0-or-later
//
// bench_first_keys FILE: milliseconds from asking the window for a file until its tree has rows that are painted, until all of
// it is indexed, and the longest time that the window did not answer meanwhile. Run with QT_QPA_PLATFORM=offscreen or a display.
#include "core/async/job_runner.h"
#include "core/source/source.h"
#include "ui/models/source_session.h"
#include "ui/shell/main_window.h"
#include "ui/views/key_browser.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTimer>
#include <QTreeView>

#include <algorithm>
#include <cstdio>

using namespace keyloupe;

int main(int argc, char **argv)
{
    QApplication app(argc, argv);
    if (argc != 2) {
        std::fprintf(stderr, "usage: bench_first_keys FILE\n");
        return 2;
    }
    QTemporaryDir folder;
    JobRunner jobs;
    MainWindow window(jobs, folder.filePath(QStringLiteral("recent.json")));
    window.resize(1440, 900);
    window.show();

    QElapsedTimer clock;
    QElapsedTimer sinceTick;
    double longest = 0;
    bool hasRows = false;
    SourceSession *session = nullptr;
    // Every turn of the event loop ticks; what lies between two ticks is a time without an answer.
    QTimer tick;
    QObject::connect(&tick, &QTimer::timeout, &app, [&] {
        longest = std::max(longest, double(sinceTick.nsecsElapsed()) / 1e6);
        sinceTick.start();
        const auto *browser = window.findChild<KeyBrowser *>();
        if (!hasRows && browser && browser->tree()->model()->rowCount() > 0) {
            hasRows = true;
            browser->tree()->grab();
            std::printf("first_rows_ms %.1f\n", double(clock.nsecsElapsed()) / 1e6);
        }
        if (hasRows && session && session->source().openProgress() >= 1) {
            std::printf("indexed_ms %.1f\nlongest_stall_ms %.1f\n", double(clock.nsecsElapsed()) / 1e6, longest);
            QCoreApplication::exit(0);
        }
        if (clock.elapsed() > 120'000)
            QCoreApplication::exit(1);
    });
    QTimer::singleShot(500, &app, [&] { // the window itself is up
        clock.start();
        sinceTick.start();
        tick.start(0);
        session = window.openLocation(QString::fromLocal8Bit(argv[1]), MainWindow::Remember::No);
    });
    return QApplication::exec();
}
