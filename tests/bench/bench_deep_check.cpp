// SPDX-License-Identifier: GPL-3.0-or-later
//
// bench_deep_check FILE [THREADS]: seconds that checkDeep takes on an opened file, each of three times.
#include "core/engine/deep_check.h"
#include "core/engine/snapshot.h"

#include <QCoreApplication>
#include <QElapsedTimer>

#include <cstdio>

using namespace keyloupe;

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() < 2) {
        std::fprintf(stderr, "usage: bench_deep_check FILE [THREADS]\n");
        return 1;
    }
    QElapsedTimer timer;
    timer.start();
    const Result<std::shared_ptr<const Snapshot>> opened = Snapshot::open(arguments[1]);
    if (!opened.ok()) {
        std::fprintf(stderr, "%s\n", qPrintable(describe(opened.error())));
        return 1;
    }
    std::printf("open: %.3f s\n", double(timer.nsecsElapsed()) / 1e9);
    for (int round = 0; round < 3; ++round) {
        timer.restart();
        const Result<DeepCheckReport> report = checkDeep(**opened, arguments.value(2).toInt());
        std::printf("deep check: %.3f s, %lld values, %lld elements, %zu damages\n", double(timer.nsecsElapsed()) / 1e9,
                    static_cast<long long>(report->values), static_cast<long long>(report->elements), report->damage.size());
    }
    return 0;
}
