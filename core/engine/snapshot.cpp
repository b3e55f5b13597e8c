// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/snapshot.h"

#include "core/base/escape.h"
#include "core/async/run_on_threads.h"
#include "core/engine/name_index.h"
#include "core/engine/name_sort.h"
#include "core/engine/record_table.h"
#include "core/rdb/crc64.h"
#include "core/rdb/type_table.h"

#include <QFileInfo>

#include <algorithm>
#include <array>
#include <atomic>
#include <limits>
#include <map>
#include <mutex>
#include <thread>

namespace keyloupe {
namespace {

/// Positions [first, first + count) of the record table, which hold the keys from number `before` on of their database.
struct Run
{
    std::uint32_t first;
    std::uint32_t count;
    std::int64_t before;
};

/// A database's keys stand in one run, unless a file comes back to a database.
struct DatabaseRuns
{
    std::vector<Run> runs;
    std::int64_t keys = 0;
    std::int64_t expires = 0;
    std::int64_t earliestExpiry = std::numeric_limits<std::int64_t>::max();
    std::array<std::int64_t, 256> byRdbType{};

    std::int64_t number(std::uint32_t position) const
    {
        const auto behind = std::upper_bound(runs.begin(), runs.end(), position, [](std::uint32_t p, const Run &run) { return p < run.first; });
        const Run &run = *std::prev(behind);
        return run.before + (position - run.first);
    }

    std::uint32_t position(std::int64_t i) const
    {
        const auto behind = std::upper_bound(runs.begin(), runs.end(), i, [](std::int64_t n, const Run &run) { return n < run.before; });
        const Run &run = *std::prev(behind);
        return run.first + static_cast<std::uint32_t>(i - run.before);
    }
};

QString kindOfFile(QByteArrayView head)
{
    if (head.isEmpty())
        return QStringLiteral("the file is empty");
    if (head.startsWith("*"))
        return QStringLiteral("it looks like an append-only file, not an RDB");
    if (head.startsWith("SQLite format 3"))
        return QStringLiteral("it is an SQLite database");
    if (isUtf8(head.first(std::min<qsizetype>(head.size(), 64))))
        return QStringLiteral("it begins with the text %1").arg(displayText(head.first(std::min<qsizetype>(head.size(), 16))));
    return QStringLiteral("it begins with %1").arg(displayText(head.first(std::min<qsizetype>(head.size(), 9))));
}

// Sums the image on a thread of its own, some way behind the walk, which leaves the bytes in the cache.
class ChecksumFollower
{
public:
    explicit ChecksumFollower(QByteArrayView image) : m_image(image), m_thread([this] { run(); }) { }
    ~ChecksumFollower() { finish(0); }

    void reached(std::int64_t offset)
    {
        m_reached.store(offset, std::memory_order_release);
        m_reached.notify_one();
    }

    /// The sum of the first `end` bytes, which `reached` must not have passed.
    std::uint64_t finish(std::int64_t end)
    {
        if (m_thread.joinable()) {
            reached(~end); // negative: the last one
            m_thread.join();
        }
        return m_sum;
    }

private:
    void run()
    {
        constexpr std::int64_t kStep = 1024 * 1024; // so that a cancelled walk does not wait long
        std::int64_t summed = 0;
        std::int64_t seen = 0;
        for (;;) {
            m_reached.wait(seen, std::memory_order_acquire);
            seen = m_reached.load(std::memory_order_acquire);
            const std::int64_t end = seen < 0 ? ~seen : seen;
            while (summed < end && (seen < 0 || m_reached.load(std::memory_order_relaxed) != ~std::int64_t{0})) {
                const std::int64_t step = std::min(kStep, end - summed);
                m_sum = crc64(m_sum, m_image.sliced(summed, step));
                summed += step;
            }
            if (seen < 0)
                return;
        }
    }

    QByteArrayView m_image;
    std::uint64_t m_sum = 0;
    std::atomic<std::int64_t> m_reached{0};
    std::thread m_thread; // last: it uses the others
};

} // namespace

struct Snapshot::Private
{
    explicit Private(std::shared_ptr<const MappedFile> mapped) : file(std::move(mapped)), image(file->bytes()) { }

    std::shared_ptr<const MappedFile> file;
    QByteArrayView image;
    RdbSummary summary;
    std::unique_ptr<RecordTable> records;
    NameIndex names;
    std::map<int, DatabaseRuns> databases;
    std::vector<std::pair<std::uint32_t, int>> firstOfRun; // and its database, ascending
    std::vector<std::int64_t> earliestExpiry;              // of each run

    int databaseOf(std::uint32_t position) const
    {
        const auto behind = std::upper_bound(firstOfRun.begin(), firstOfRun.end(), position,
                                             [](std::uint32_t p, const auto &run) { return p < run.first; });
        return std::prev(behind)->second;
    }

    bool isSameName(std::uint32_t a, std::uint32_t b) const
    {
        QByteArray storageA;
        QByteArray storageB;
        return databaseOf(a) == databaseOf(b) && records->nameAt(a, storageA) == records->nameAt(b, storageB);
    }

    std::uint32_t find(int db, QByteArrayView key) const
    {
        return names.find(NameIndex::hashOf(db, key), [&](std::uint32_t position) {
            QByteArray storage;
            return databaseOf(position) == db && records->nameAt(position, storage) == key;
        });
    }

    void beginRun(int db)
    {
        firstOfRun.emplace_back(records->size(), db);
        earliestExpiry.push_back(std::numeric_limits<std::int64_t>::max());
    }

    void append(const RecordInfo &record, QByteArrayView key)
    {
        if (firstOfRun.empty() || firstOfRun.back().second != record.db)
            beginRun(record.db);
        names.add(NameIndex::hashOf(record.db, key), records->size());
        records->append(record);
        if (record.expireAtMs >= 0)
            earliestExpiry.back() = std::min(earliestExpiry.back(), record.expireAtMs);
    }

    Result<void> build(const SnapshotOptions &options);
    Result<void> walk(const SnapshotOptions &options);
    std::vector<std::uint32_t> indexNames();
    void leaveOut(const std::vector<std::uint32_t> &positions);
    void countDatabases();
};

Result<void> Snapshot::Private::walk(const SnapshotOptions &options)
{
    const RdbFamily family = image.startsWith("VALKEY") ? RdbFamily::Valkey : RdbFamily::Redis;
    records = std::make_unique<RecordTable>(image, family);
    const bool isFirstLook = options.maxKeys >= 0;
    constexpr qsizetype kWorthAThread = 4 * 1024 * 1024;
    std::optional<ChecksumFollower> checksum;
    if (!isFirstLook && image.size() >= kWorthAThread)
        checksum.emplace(image);
    ScanCallbacks callbacks;
    callbacks.verifiesChecksum = !isFirstLook && !checksum;
    bool isFull = false;
    callbacks.onKey = [&](const RecordInfo &record, QByteArrayView key) {
        append(record, key);
        isFull = records->size() == RecordTable::kMaxRecords;
        return !isFull && static_cast<std::int64_t>(records->size()) != options.maxKeys;
    };
    callbacks.onSizeHint = [&](std::int64_t keys) {
        const std::int64_t all = isFirstLook ? std::min(keys, options.maxKeys) : keys;
        records->expect(static_cast<std::size_t>(all));
        names.expect(static_cast<std::size_t>(all));
    };
    callbacks.onProgress = [&](std::int64_t done, std::int64_t total) {
        constexpr std::int64_t kChecksumSize = 8; // at the end of the whole, and not summed itself
        if (checksum)
            checksum->reached(std::max<std::int64_t>(done - kChecksumSize, 0));
        if (options.progress)
            options.progress(total > 0 ? static_cast<double>(done) / static_cast<double>(total) : 1.0);
    };
    Result<RdbSummary> scanned = scanRdb(image, callbacks, options.cancel);
    if (!scanned) {
        Error error = scanned.error();
        if (error.code == Errc::Corrupt)
            error.message = QStringLiteral("not an RDB file: %1").arg(kindOfFile(image.first(std::min<qsizetype>(image.size(), 64))));
        return error;
    }
    summary = std::move(scanned).value();
    if (isFull)
        summary.damage.push_back({summary.endOffset, 0, {}, QStringLiteral("the file has more keys than can be listed; the rest is left out")});
    if (checksum && summary.checksumOffset >= 0 && summary.checksum == ChecksumState::NotReached) {
        const std::uint64_t sum = checksum->finish(summary.checksumOffset);
        summary.checksum = sum == summary.storedChecksum ? ChecksumState::Good : ChecksumState::Bad;
    }
    return {};
}

// The positions whose names stood before in the same database, ascending.
std::vector<std::uint32_t> Snapshot::Private::indexNames()
{
    const auto same = [this](std::uint32_t a, std::uint32_t b) { return isSameName(a, b); };
    std::vector<std::uint32_t> doubles;
    std::mutex doublesMutex;
    std::atomic<int> next{0};
    const auto work = [&] {
        std::vector<std::uint32_t> mine;
        for (int part = next++; part < NameIndex::kParts; part = next++)
            names.build(part, same, mine);
        const std::lock_guard lock(doublesMutex);
        doubles.insert(doubles.end(), mine.begin(), mine.end());
    };
    constexpr std::uint32_t kWorthThreads = 50000;
    runOnThreads(records->size() < kWorthThreads ? 1 : coreCount(), work);
    std::sort(doubles.begin(), doubles.end());
    return doubles;
}

// Rare, and so simple rather than quick: everything but these positions is entered anew.
void Snapshot::Private::leaveOut(const std::vector<std::uint32_t> &positions)
{
    for (const std::uint32_t position : positions) {
        QByteArray storage;
        summary.damage.push_back({records->offsetAt(position), databaseOf(position), records->nameAt(position, storage).toByteArray(),
                                  QStringLiteral("the key occurs a second time; the first record is used")});
    }
    const std::unique_ptr<RecordTable> all = std::move(records);
    const auto runs = std::exchange(firstOfRun, {});
    earliestExpiry.clear();
    records = std::make_unique<RecordTable>(image, summary.family);
    names.clear();
    auto skipped = positions.begin();
    auto run = runs.begin();
    QByteArray storage;
    for (std::uint32_t i = 0; i < all->size(); ++i) {
        while (std::next(run) != runs.end() && std::next(run)->first <= i)
            ++run;
        if (skipped != positions.end() && *skipped == i) {
            ++skipped;
            continue;
        }
        RecordInfo record = all->at(i);
        record.db = run->second;
        append(record, all->nameAt(i, storage));
    }
    indexNames();
    summary.keys = records->size();
    std::stable_sort(summary.damage.begin(), summary.damage.end(), [](const RdbDamage &a, const RdbDamage &b) { return a.offset < b.offset; });
}

void Snapshot::Private::countDatabases()
{
    for (std::size_t i = 0; i < firstOfRun.size(); ++i) {
        const std::uint32_t first = firstOfRun[i].first;
        const std::uint32_t end = i + 1 < firstOfRun.size() ? firstOfRun[i + 1].first : records->size();
        DatabaseRuns &database = databases[firstOfRun[i].second];
        database.runs.push_back({first, end - first, database.keys});
        database.keys += end - first;
        database.earliestExpiry = std::min(database.earliestExpiry, earliestExpiry[i]);
        for (std::uint32_t p = first; p < end; ++p) {
            database.expires += records->hasExpiryAt(p) ? 1 : 0;
            ++database.byRdbType[records->rdbTypeAt(p)];
        }
    }
}

Result<void> Snapshot::Private::build(const SnapshotOptions &options)
{
    KL_CHECK(walk(options));
    if (const std::vector<std::uint32_t> doubles = indexNames(); !doubles.empty())
        leaveOut(doubles);
    records->trim();
    countDatabases();
    return {};
}

Snapshot::Snapshot() = default;
Snapshot::~Snapshot() = default;

Result<std::shared_ptr<const Snapshot>> Snapshot::open(const QString &path, const SnapshotOptions &options)
{
    KL_TRY(std::shared_ptr<const MappedFile> file, MappedFile::open(path));
    return open(std::move(file), options);
}

Result<std::shared_ptr<const Snapshot>> Snapshot::open(std::shared_ptr<const MappedFile> file, const SnapshotOptions &options)
{
    std::shared_ptr<Snapshot> snapshot(new Snapshot);
    snapshot->d = std::make_unique<Private>(std::move(file));
    if (Result<void> built = snapshot->d->build(options); !built) {
        Error error = built.error();
        error.detail = snapshot->d->file->path();
        return error;
    }
    return std::shared_ptr<const Snapshot>(std::move(snapshot));
}

const QString &Snapshot::path() const
{
    return d->file->path();
}

const MappedFile &Snapshot::file() const
{
    return *d->file;
}

const RdbSummary &Snapshot::summary() const
{
    return d->summary;
}

std::vector<int> Snapshot::databases() const
{
    std::vector<int> numbers;
    for (const auto &[db, runs] : d->databases)
        numbers.push_back(db);
    return numbers;
}

std::int64_t Snapshot::keyCount(int db) const
{
    const auto it = d->databases.find(db);
    return it == d->databases.end() ? 0 : it->second.keys;
}

std::int64_t Snapshot::keyCount(int db, ValueType type) const
{
    const auto it = d->databases.find(db);
    if (it == d->databases.end())
        return 0;
    std::int64_t keys = 0;
    for (std::size_t rdbType = 0; rdbType < it->second.byRdbType.size(); ++rdbType) {
        if (rdb::valueTypeOfRdbType(static_cast<std::uint8_t>(rdbType), d->summary.family) == type)
            keys += it->second.byRdbType[rdbType];
    }
    return keys;
}

std::int64_t Snapshot::expiryCount(int db) const
{
    const auto it = d->databases.find(db);
    return it == d->databases.end() ? 0 : it->second.expires;
}

std::optional<std::int64_t> Snapshot::numberOf(int db, QByteArrayView key) const
{
    const std::uint32_t found = d->find(db, key);
    if (found == NameIndex::kNone)
        return std::nullopt;
    return d->databases.at(db).number(found);
}

std::vector<std::pair<std::int64_t, std::int64_t>> Snapshot::recordSpans(int db, std::int64_t first, std::int64_t last) const
{
    std::vector<std::pair<std::int64_t, std::int64_t>> all;
    for (const Run &run : d->databases.at(db).runs) {
        const std::int64_t from = std::clamp<std::int64_t>(first - run.before, 0, run.count);
        const std::int64_t to = std::clamp<std::int64_t>(last - run.before, 0, run.count);
        const auto spans = d->records->spans(run.first + static_cast<std::uint32_t>(from), run.first + static_cast<std::uint32_t>(to));
        all.insert(all.end(), spans.begin(), spans.end());
    }
    return all;
}

std::vector<std::int64_t> Snapshot::interruptedKeys(int db) const
{
    std::vector<std::int64_t> numbers;
    const auto it = d->databases.find(db);
    if (it == d->databases.end())
        return numbers;
    for (const Run &run : it->second.runs) {
        for (const std::uint32_t position : d->records->interrupted(run.first, run.first + run.count))
            numbers.push_back(run.before + (position - run.first));
    }
    return numbers;
}

std::optional<RecordInfo> Snapshot::find(int db, QByteArrayView key) const
{
    const std::uint32_t found = d->find(db, key);
    if (found == NameIndex::kNone)
        return std::nullopt;
    RecordInfo record = d->records->at(found);
    record.db = db;
    return record;
}

RecordInfo Snapshot::recordAt(int db, std::int64_t i) const
{
    RecordInfo record = d->records->at(d->databases.at(db).position(i));
    record.db = db;
    return record;
}

QByteArray Snapshot::keyAt(int db, std::int64_t i) const
{
    QByteArray storage;
    return keyAt(db, i, storage).toByteArray();
}

QByteArrayView Snapshot::keyAt(int db, std::int64_t i, QByteArray &storage) const
{
    return d->records->nameAt(d->databases.at(db).position(i), storage);
}

std::int64_t Snapshot::earliestExpiry(int db) const
{
    const auto it = d->databases.find(db);
    return it == d->databases.end() ? std::numeric_limits<std::int64_t>::max() : it->second.earliestExpiry;
}

void Snapshot::forEachExpiry(int db, const std::function<void(std::int64_t i, std::int64_t whenMs)> &fn) const
{
    for (const Run &run : d->databases.at(db).runs) {
        for (std::uint32_t i = 0; i < run.count; ++i) {
            if (d->records->hasExpiryAt(run.first + i))
                fn(run.before + i, d->records->expiryAt(run.first + i));
        }
    }
}

QByteArrayView Snapshot::valueBytes(const RecordInfo &record) const
{
    return bytesAt(record.valueOffset, record.valueLength);
}

QByteArrayView Snapshot::recordBytes(const RecordInfo &record) const
{
    return bytesAt(record.recordOffset, record.recordLength);
}

QByteArrayView Snapshot::bytesAt(std::int64_t offset, std::int64_t length) const
{
    const std::int64_t size = d->image.size();
    offset = std::clamp<std::int64_t>(offset, 0, size);
    return d->image.sliced(offset, std::clamp<std::int64_t>(length, 0, size - offset));
}

std::vector<std::uint32_t> Snapshot::sortedByName(int db, const CancelToken &cancel) const
{
    const auto it = d->databases.find(db);
    if (it == d->databases.end())
        return {};
    std::vector<std::pair<std::uint32_t, std::uint32_t>> spans;
    for (const Run &run : it->second.runs)
        spans.emplace_back(run.first, run.count);
    return sortNames(*d->records, spans, cancel);
}

std::size_t Snapshot::memoryBytes() const
{
    return d->records->memoryBytes() + d->names.memoryBytes();
}

} // namespace keyloupe
