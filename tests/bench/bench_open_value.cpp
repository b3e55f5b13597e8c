// SPDX-License-Identifier: GPL-3.0-or-later
//
// bench_open_value FILE [KEYS]: how long a file's values take to open as the window opens them: a key's header, its length
// and its first page. Prints percentiles over that many keys taken evenly (20 000 when not given), and over the largest
// hundred values.
#include "core/engine/engine.h"
#include "core/engine/engine_client.h"
#include "core/engine/snapshot.h"
#include "core/values/element_paging.h"
#include "core/values/key_header.h"
#include "core/values/value_reader.h"

#include <QCoreApplication>
#include <QElapsedTimer>

#include <algorithm>
#include <cstdio>

using namespace keyloupe;

namespace {

constexpr std::int64_t kStringBytes = 1024 * 1024;

struct Opener
{
    Engine &engine;
    EngineClient &client;
    std::int64_t elements = 0;

    RespValue ask(const Command &command) { return engine.execute(client, command); }

    double milliseconds(int db, const QByteArray &key)
    {
        ask(Command{"SELECT", QByteArray::number(db)});
        QElapsedTimer timer;
        timer.start();
        std::vector<RespValue> replies;
        for (const Command &command : keyHeaderCommands(key))
            replies.push_back(ask(command));
        Result<KeyHeader> header = readKeyHeader(replies, engine.nowMs());
        if (!header.ok())
            return 0;
        if (const Command length = lengthCommand(header->kind, key); !length.isEmpty())
            header->length = ask(length).integer;
        if (header->kind == ValueKind::String) {
            ask(Command{"GETRANGE", key, "0", QByteArray::number(qint64(kStringBytes - 1))});
        } else if (isCollection(header->kind)) {
            ElementPaging paging(header->kind, key);
            const Result<ValuePage> page = paging.take(ask(paging.next(pageCount(header->bytesPerElement()))));
            if (page.ok() && header->kind == ValueKind::Hash && !page->elements.empty()) {
                Command expiries{"HPEXPIRETIME", key, "FIELDS", QByteArray::number(qint64(page->elements.size()))};
                for (const Element &element : page->elements)
                    expiries << element.name;
                ask(expiries);
            }
            elements += page.ok() ? std::int64_t(page->elements.size()) : 0;
        }
        return double(timer.nsecsElapsed()) / 1e6;
    }
};

void print(const char *what, std::vector<double> times)
{
    if (times.empty())
        return;
    std::sort(times.begin(), times.end());
    const auto at = [&](double share) { return times[std::min(times.size() - 1, std::size_t(share * double(times.size())))]; };
    std::printf("%s: %zu opened; median %.3f ms, 99th percentile %.3f ms, slowest %.3f ms\n", what, times.size(), at(0.5), at(0.99), times.back());
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    const Result<std::shared_ptr<const Snapshot>> opened = Snapshot::open(arguments.value(1));
    if (!opened.ok()) {
        std::fprintf(stderr, "usage: bench_open_value FILE [KEYS]: %s\n", qPrintable(describe(opened.error())));
        return 1;
    }
    const std::int64_t wanted = arguments.size() > 2 ? arguments[2].toLongLong() : 20'000;
    const Snapshot &snapshot = **opened;
    Engine engine(*opened);
    const std::shared_ptr<EngineClient> client = engine.connect();
    Opener opener{engine, *client};

    struct Sized
    {
        std::int64_t bytes;
        int db;
        std::int64_t i;
    };
    std::vector<Sized> sized;
    std::vector<double> times;
    const std::int64_t step = std::max<std::int64_t>(1, snapshot.summary().keys / std::max<std::int64_t>(1, wanted));
    for (const int db : snapshot.databases()) {
        for (std::int64_t i = 0; i < snapshot.keyCount(db); ++i) {
            sized.push_back({snapshot.recordAt(db, i).valueLength, db, i});
            if (i % step == 0)
                times.push_back(opener.milliseconds(db, snapshot.keyAt(db, i)));
        }
    }
    print("keys taken evenly", times);
    const auto few = std::ptrdiff_t(std::min<std::size_t>(100, sized.size()));
    std::partial_sort(sized.begin(), sized.begin() + few, sized.end(), [](const Sized &a, const Sized &b) { return a.bytes > b.bytes; });
    sized.resize(std::size_t(few));
    times.clear();
    for (const Sized &one : sized)
        times.push_back(opener.milliseconds(one.db, snapshot.keyAt(one.db, one.i)));
    print("the largest values", times);
    std::printf("largest value: %lld bytes; %lld elements were shown\n", static_cast<long long>(sized.empty() ? 0 : sized.front().bytes),
                static_cast<long long>(opener.elements));
    return 0;
}
