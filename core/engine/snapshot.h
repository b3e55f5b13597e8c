// SPDX-License-Identifier: GPL-3.0-or-later
//
// Snapshot: an RDB file opened read-only: its mapping and an index of its keys by database. Immutable after open(), so any
// thread may read it. The file's time stamp and content are never changed.
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
#include <vector>

namespace keyloupe {

struct SnapshotOptions
{
    CancelToken cancel;
    std::function<void(double)> progress; ///< 0…1, now and then, on the opening thread; may be null
    bool mayHaveTail = false;             ///< what stands behind the RDB's end is no damage
    std::int64_t maxKeys = -1;            ///< stop after so many, for a first look: summary().reachedEof stays false; -1 all
};

class Snapshot
{
public:
    /// Maps and indexes the file. Errors: Io (cannot open, is a directory or a pipe), Corrupt (no RDB at all, with what it
    /// looks like instead), Cancelled. Damage inside is in summary().damage, and what is readable is listed.
    static Result<std::shared_ptr<const Snapshot>> open(const QString &path, const CancelToken &cancel = {},
                                                        std::function<void(double)> progress = {});
    static Result<std::shared_ptr<const Snapshot>> open(std::shared_ptr<const MappedFile> file, const SnapshotOptions &options = {});
    ~Snapshot();

    const QString &path() const;
    const RdbSummary &summary() const;
    std::vector<int> databases() const;                 ///< that have keys, ascending
    std::int64_t keyCount(int db) const;
    const RecordInfo *find(int db, QByteArrayView key) const; ///< null when absent
    /// Key number i (0-based, file order) of a database.
    const RecordInfo &recordAt(int db, std::int64_t i) const;
    QByteArray keyAt(int db, std::int64_t i) const;
    QByteArrayView keyViewAt(int db, std::int64_t i) const; ///< valid as long as the snapshot
    QByteArrayView valueBytes(const RecordInfo &record) const;
    QByteArrayView recordBytes(const RecordInfo &record) const;
    QByteArrayView bytesAt(std::int64_t offset, std::int64_t length) const;

private:
    Snapshot();
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace keyloupe
