// SPDX-License-Identifier: GPL-3.0-or-later
//
// bench_open_file FILE WHAT: the seconds of one thing that opening or saving a file is made of, as "NAME SECONDS", and what the
// index takes. WHAT is `index`, `sorted` (index and names in order), `first` (until the first keys can be listed) or `save COPY` (100 edits,
// then saved as COPY). One thing a run, so that memory can be measured from outside.
#include "core/engine/engine.h"
#include "core/engine/engine_client.h"
#include "core/engine/snapshot.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QStringList>

#include <cstdio>

using namespace keyloupe;

namespace {

void print(const char *name, const QElapsedTimer &timer)
{
    std::printf("%s %.4f\n", name, double(timer.nsecsElapsed()) / 1e9);
}

int usage()
{
    std::fprintf(stderr, "usage: bench_open_file FILE index|sorted|first|save [COPY]\n");
    return 2;
}

int fail(const Error &error)
{
    std::fprintf(stderr, "%s\n", qPrintable(describe(error)));
    return 1;
}

int save(std::shared_ptr<const Snapshot> snapshot, const QString &path)
{
    const int db = snapshot->databases().front();
    const std::int64_t keys = snapshot->keyCount(db);
    Engine engine(snapshot);
    const auto client = engine.connect();
    engine.execute(*client, Command{"SELECT", QByteArray::number(db)});
    for (std::int64_t i = 0; i < 100; ++i) // strings replaced, others given an expiry, spread over the file
        engine.execute(*client, i % 2 == 0 ? Command{"SET", snapshot->keyAt(db, keys * i / 100), "edited"}
                                           : Command{"PEXPIREAT", snapshot->keyAt(db, keys * i / 100), "4100000000000"});
    QElapsedTimer timer;
    timer.start();
    const Result<EngineSaveReport> report = engine.save(path);
    if (!report.ok())
        return fail(report.error());
    print("save", timer);
    std::printf("encoded %lld copied %lld\n", static_cast<long long>(report->encodedRecords), static_cast<long long>(report->copiedRecords));
    return 0;
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() < 3)
        return usage();
    const QString what = arguments[2];
    QElapsedTimer timer;
    timer.start();
    SnapshotOptions options;
    options.maxKeys = what == QLatin1String("first") ? 20000 : -1;
    const Result<std::shared_ptr<const Snapshot>> opened = Snapshot::open(arguments[1], options);
    if (!opened.ok())
        return fail(opened.error());
    const Snapshot &snapshot = **opened;
    if (what == QLatin1String("index")) {
        print("index", timer);
    } else if (what == QLatin1String("first")) {
        snapshot.keyAt(snapshot.databases().front(), 0);
        print("first", timer);
    } else if (what == QLatin1String("sorted")) {
        std::size_t names = 0;
        for (const int db : snapshot.databases())
            names += snapshot.sortedByName(db).size();
        print("sorted", timer);
        std::printf("names %zu\n", names);
    } else if (what == QLatin1String("save") && arguments.size() == 4) {
        return save(*opened, arguments[3]);
    } else {
        return usage();
    }
    std::int64_t keys = 0;
    std::int64_t nameBytes = 0;
    QByteArray storage;
    for (const int db : snapshot.databases()) {
        keys += snapshot.keyCount(db);
        if (what == QLatin1String("index")) {
            for (std::int64_t i = 0; i < snapshot.keyCount(db); ++i)
                nameBytes += snapshot.keyAt(db, i, storage).size();
        }
    }
    std::printf("keys %lld\nname_bytes %lld\nindex_bytes %zu\n", static_cast<long long>(keys), static_cast<long long>(nameBytes), snapshot.memoryBytes());
    return 0;
}
