// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/snapshot.h"

#include "core/base/escape.h"
#include "core/engine/slot_table.h"

#include <deque>
#include <map>

namespace keyloupe {
namespace {

// A key's bytes stand right before its value unless they were packed (integer or LZF form); those are kept aside.
constexpr std::uint32_t kPackedKey = 0x80000000u;

struct DatabaseIndex
{
    std::deque<RecordInfo> records;      // a deque grows without copying what is there
    std::vector<std::uint32_t> keySizes; // or kPackedKey | index into packedKeys
    std::vector<QByteArray> packedKeys;
    SlotTable slots;
};

QString kindOfFile(QByteArrayView head)
{
    if (head.isEmpty())
        return QStringLiteral("the file is empty");
    if (head.startsWith("*"))
        return QStringLiteral("it looks like an append-only file, not an RDB");
    if (head.startsWith("\x1f\x8b"))
        return QStringLiteral("it is gzip-compressed; unpack it first");
    if (head.startsWith("PK\x03\x04"))
        return QStringLiteral("it is a ZIP archive; unpack it first");
    if (head.startsWith("\x28\xb5\x2f\xfd"))
        return QStringLiteral("it is zstd-compressed; unpack it first");
    if (head.startsWith("SQLite format 3"))
        return QStringLiteral("it is an SQLite database");
    if (isUtf8(head.first(std::min<qsizetype>(head.size(), 64))))
        return QStringLiteral("it begins with the text %1").arg(displayText(head.first(std::min<qsizetype>(head.size(), 16))));
    return QStringLiteral("it begins with %1").arg(displayText(head.first(std::min<qsizetype>(head.size(), 9))));
}

} // namespace

struct Snapshot::Private
{
    QString path;
    std::shared_ptr<const MappedFile> file;
    QByteArrayView image;
    RdbSummary summary;
    std::map<int, DatabaseIndex> databases;

    QByteArrayView keyView(const DatabaseIndex &index, std::uint32_t i) const
    {
        const std::uint32_t size = index.keySizes[i];
        if (size & kPackedKey)
            return index.packedKeys[size & ~kPackedKey];
        return image.sliced(index.records[i].valueOffset - size, size);
    }

    Result<void> build(const CancelToken &cancel, const std::function<void(double)> &progress);
};

Result<void> Snapshot::Private::build(const CancelToken &cancel, const std::function<void(double)> &progress)
{
    std::vector<RdbDamage> doubles;
    ScanCallbacks callbacks;
    DatabaseIndex *index = nullptr;
    int current = -1;
    callbacks.onKey = [&](const RecordInfo &record, QByteArrayView key) {
        if (!index || record.db != current) {
            index = &databases[record.db];
            current = record.db;
        }
        const auto position = static_cast<std::uint32_t>(index->records.size());
        const std::size_t hash = hashBytes(key);
        const auto same = [&](std::uint32_t p) { return keyView(*index, p) == key; };
        if (index->slots.find(hash, same) != SlotTable::kNone) {
            doubles.push_back({record.recordOffset, record.db, key.toByteArray(),
                               QStringLiteral("the key occurs a second time; the first record is used")});
            return true;
        }
        const std::int64_t plainStart = record.valueOffset - key.size();
        if (plainStart >= record.recordOffset && key.size() < kPackedKey && image.sliced(plainStart, key.size()) == key) {
            index->keySizes.push_back(static_cast<std::uint32_t>(key.size()));
        } else {
            index->keySizes.push_back(kPackedKey | static_cast<std::uint32_t>(index->packedKeys.size()));
            index->packedKeys.push_back(key.toByteArray());
        }
        index->records.push_back(record);
        index->slots.insert(hash, position, [&](std::uint32_t p) { return hashBytes(keyView(*index, p)); });
        return true;
    };
    if (progress) {
        callbacks.onProgress = [&](std::int64_t done, std::int64_t total) {
            progress(total > 0 ? static_cast<double>(done) / static_cast<double>(total) : 1.0);
        };
    }
    Result<RdbSummary> scanned = scanRdb(image, callbacks, cancel);
    if (!scanned) {
        Error error = scanned.error();
        if (error.code == Errc::Corrupt)
            error.message = QStringLiteral("not an RDB file: %1").arg(kindOfFile(image.first(std::min<qsizetype>(image.size(), 64))));
        return error;
    }
    summary = std::move(scanned).value();
    summary.damage.insert(summary.damage.end(), doubles.begin(), doubles.end());
    return {};
}

Snapshot::Snapshot() : d(std::make_unique<Private>()) { }
Snapshot::~Snapshot() = default;

Result<std::shared_ptr<const Snapshot>> Snapshot::open(const QString &path, const CancelToken &cancel,
                                                       std::function<void(double)> progress)
{
    KL_TRY(std::shared_ptr<const MappedFile> file, MappedFile::open(path));
    SnapshotOptions options;
    options.cancel = cancel;
    options.progress = std::move(progress);
    return open(std::move(file), options);
}

Result<std::shared_ptr<const Snapshot>> Snapshot::open(std::shared_ptr<const MappedFile> file, const SnapshotOptions &options)
{
    std::shared_ptr<Snapshot> snapshot(new Snapshot);
    Private &p = *snapshot->d;
    p.path = file->path();
    p.image = file->bytes();
    p.file = std::move(file);
    if (Result<void> built = p.build(options.cancel, options.progress); !built) {
        Error error = built.error();
        error.detail = p.path;
        return error;
    }
    return std::shared_ptr<const Snapshot>(std::move(snapshot));
}

const QString &Snapshot::path() const
{
    return d->path;
}

const RdbSummary &Snapshot::summary() const
{
    return d->summary;
}

std::vector<int> Snapshot::databases() const
{
    std::vector<int> numbers;
    for (const auto &[db, index] : d->databases)
        numbers.push_back(db);
    return numbers;
}

std::int64_t Snapshot::keyCount(int db) const
{
    const auto it = d->databases.find(db);
    return it == d->databases.end() ? 0 : static_cast<std::int64_t>(it->second.records.size());
}

const RecordInfo *Snapshot::find(int db, QByteArrayView key) const
{
    const auto it = d->databases.find(db);
    if (it == d->databases.end())
        return nullptr;
    const DatabaseIndex &index = it->second;
    const std::uint32_t found = index.slots.find(hashBytes(key), [&](std::uint32_t p) { return d->keyView(index, p) == key; });
    return found == SlotTable::kNone ? nullptr : &index.records[found];
}

const RecordInfo &Snapshot::recordAt(int db, std::int64_t i) const
{
    return d->databases.at(db).records[static_cast<std::size_t>(i)];
}

QByteArray Snapshot::keyAt(int db, std::int64_t i) const
{
    return d->keyView(d->databases.at(db), static_cast<std::uint32_t>(i)).toByteArray();
}

QByteArrayView Snapshot::keyViewAt(int db, std::int64_t i) const
{
    return d->keyView(d->databases.at(db), static_cast<std::uint32_t>(i));
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

} // namespace keyloupe
