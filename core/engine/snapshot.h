// SPDX-License-Identifier: GPL-3.0-or-later
//
// Snapshot: an RDB file opened read-only: its mapping and a compact index of its keys by database. Immutable after open(), so
// any thread may read it. The file's time stamp and content are never changed.
//
// Memory beyond the mapping: about 19 bytes a key, whatever the names; nothing of a name or value is copied.
#pragma once

#include "core/base/cancel_token.h"
#include "core/base/mapped_file.h"
#include "core/base/result.h"
#include "core/rdb/rdb_scanner.h"
#include "core/rdb/rdb_types.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace keyloupe {

struct SnapshotOptions
{
    CancelToken cancel;
    std::function<void(double)> progress; ///< 0…1, now and then, on the opening thread; may be null
    std::int64_t maxKeys = -1;            ///< stop after so many, for a first look: summary().reachedEof stays false; -1 all
};

class Snapshot
{
public:
    /// Maps and indexes the file on this thread and a second one. Errors: Io (cannot open, is a directory or a pipe), Corrupt
    /// (no RDB at all, with what it looks like instead), Cancelled. Damage inside is in summary().damage, and what is
    /// readable is listed.
    static Result<std::shared_ptr<const Snapshot>> open(const QString &path, const SnapshotOptions &options = {});
    static Result<std::shared_ptr<const Snapshot>> open(std::shared_ptr<const MappedFile> file, const SnapshotOptions &options = {});
    ~Snapshot();

    const QString &path() const;
    const MappedFile &file() const;
    const RdbSummary &summary() const;
    std::vector<int> databases() const;                 ///< that have keys, ascending
    std::int64_t keyCount(int db) const;
    std::int64_t keyCount(int db, ValueType type) const;
    std::int64_t expiryCount(int db) const;             ///< keys that have an expiry, passed or not
    std::optional<RecordInfo> find(int db, QByteArrayView key) const;
    /// The number of a key, as keyAt takes it.
    std::optional<std::int64_t> numberOf(int db, QByteArrayView key) const;
    /// Key number i (0-based, file order) of a database.
    RecordInfo recordAt(int db, std::int64_t i) const;
    QByteArray keyAt(int db, std::int64_t i) const;
    /// The same without a copy where it can be; valid as long as the snapshot and `storage`.
    QByteArrayView keyAt(int db, std::int64_t i, QByteArray &storage) const;
    std::int64_t earliestExpiry(int db) const;          ///< of all keys that have one; the largest number where none has
    /// The keys that have an expiry, by number, and when (ms since the epoch), in file order.
    void forEachExpiry(int db, const std::function<void(std::int64_t i, std::int64_t whenMs)> &fn) const;
    QByteArrayView valueBytes(const RecordInfo &record) const;
    QByteArrayView recordBytes(const RecordInfo &record) const;
    QByteArrayView bytesAt(std::int64_t offset, std::int64_t length) const;

    /// Where the records of keys [first, last) stand: offset and end, neighbours in one piece, in file order.
    std::vector<std::pair<std::int64_t, std::int64_t>> recordSpans(int db, std::int64_t first, std::int64_t last) const;
    /// Ascending numbers of keys whose records hold opcodes that are not their own, and so cannot be copied as they stand.
    std::vector<std::int64_t> interruptedKeys(int db) const;

    /// The numbers i of a database's keys in bytewise order of their names; sorted on this thread and a second one, anew at
    /// each call. Empty when cancelled. Reads the names in their order and not the file's: where the file is larger than memory,
    /// that waits for the disk at nearly every name.
    std::vector<std::uint32_t> sortedByName(int db, const CancelToken &cancel = {}) const;

    /// What the index takes, without the mapping.
    std::size_t memoryBytes() const;

private:
    Snapshot();
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace keyloupe
