// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/engine_save.h"

#include "core/base/whole_file.h"
#include "core/engine/keyspace.h"
#include "core/engine/save_options.h"
#include "core/rdb/length_codec.h"
#include "core/rdb/rdb_scanner.h"
#include "core/rdb/rdb_writer.h"
#include "core/rdb/record_head.h"
#include "core/rdb/type_table.h"

#include <QFile>

namespace keyloupe {
namespace {

constexpr int kFirstVersionWithFunctions = 10;
constexpr int kNewFileVersion = 10; // what redis-server 7.0 writes, and everything later reads

Error ioError(const QString &what, const QString &path, const QString &why)
{
    return {Errc::Io, QStringLiteral("%1 %2: %3").arg(what, path, why), -1, path};
}

class Saver
{
public:
    Saver(const Keyspace &keyspace, RdbWriter &writer, const SaveOptions &options, const CancelToken &cancel)
        : m_keyspace(keyspace), m_writer(writer), m_target(options.target), m_cancel(cancel)
    {
    }

    Result<void> run()
    {
        KL_CHECK(m_writer.begin());
        KL_CHECK(fileRecords(false));
        KL_CHECK(functions());
        for (int db = 0; db < m_keyspace.databaseCount(); ++db)
            KL_CHECK(database(db));
        KL_CHECK(fileRecords(true));
        return m_writer.end();
    }

    EngineSaveReport report;

private:
    Result<void> fileRecords(bool afterKeys)
    {
        const Snapshot *snapshot = m_keyspace.snapshot();
        if (!snapshot) {
            if (afterKeys)
                return {};
            KL_CHECK(m_writer.aux("redis-ver", "7.0.0"));
            KL_CHECK(m_writer.aux("redis-bits", "64"));
            return m_writer.aux("ctime", QByteArray::number(static_cast<qint64>(m_keyspace.now() / 1000)));
        }
        if (m_keyspace.isReplayed() && !afterKeys)
            KL_CHECK(m_writer.aux("ctime", QByteArray::number(static_cast<qint64>(m_keyspace.now() / 1000))));
        for (const RdbFileRecord &record : snapshot->summary().fileRecords) {
            if (record.afterKeys == afterKeys && belongsInCopy(m_keyspace, record) && (!m_target || takesFileRecord(*m_target, record, snapshot->summary().family)))
                KL_CHECK(m_writer.raw(snapshot->bytesAt(record.offset, record.length)));
        }
        return {};
    }

    // Those that a replayed file changed; untouched ones are among the file's records.
    Result<void> functions()
    {
        if (!m_keyspace.functions() || (m_target && !factsOf(*m_target).functions))
            return {};
        for (const QByteArray &source : *m_keyspace.functions()) {
            QByteArray record(1, static_cast<char>(rdb::kOpFunction));
            rdb::appendLength(record, static_cast<std::uint64_t>(source.size()));
            KL_CHECK(m_writer.raw(record + source));
        }
        return {};
    }

    Result<void> database(int db)
    {
        std::int64_t expires = 0;
        const std::int64_t keys = m_keyspace.savedCount(db, &expires);
        if (keys == 0)
            return {};
        KL_CHECK(m_writer.selectDb(db));
        KL_CHECK(m_writer.resizeDb(keys, expires));
        Result<void> outcome;
        const auto one = [&](const Keyspace::Saved &saved) {
            outcome = (++m_seen & 0xfff) == 0 && m_cancel.isCancelled() ? Result<void>(cancelledError()) : m_target ? oneForTarget(saved) : oneEdited(saved);
            return outcome.ok();
        };
        const auto run = [&](int fileDb, std::int64_t first, std::int64_t last) {
            outcome = copyRun(fileDb, first, last);
            return outcome.ok();
        };
        if (m_target)
            m_keyspace.forEachSaved(db, one);
        else
            m_keyspace.forEachSaved(db, run, one);
        KL_CHECK(outcome);
        report.keys += keys;
        return {};
    }

    // Keys that nobody touched, as they stand.
    Result<void> copyRun(int fileDb, std::int64_t first, std::int64_t last)
    {
        constexpr std::int64_t kPiece = 4 * 1024 * 1024;
        const Snapshot &snapshot = *m_keyspace.snapshot();
        for (const auto &[offset, end] : snapshot.recordSpans(fileDb, first, last)) {
            for (std::int64_t at = offset; at < end; at += kPiece) {
                if (m_cancel.isCancelled())
                    return cancelledError();
                KL_CHECK(m_writer.raw(snapshot.bytesAt(at, std::min(kPiece, end - at))));
            }
        }
        report.copiedRecords += last - first;
        return {};
    }

    Result<void> oneEdited(const Keyspace::Saved &saved)
    {
        if (saved.untouched) { // looked at for a change that was none
            ++report.copiedRecords;
            return m_writer.raw(m_keyspace.snapshot()->recordBytes(*saved.untouched));
        }
        if (saved.record) {
            ++report.copiedRecords;
            KL_CHECK(m_writer.raw(rdb::encodeRecordHead(saved.key, saved.record->rdbType, saved.expireAtMs, saved.idleSeconds, saved.frequency,
                                                           saved.otherAttributes)));
            return m_writer.raw(m_keyspace.snapshot()->valueBytes(*saved.record));
        }
        ++report.encodedRecords;
        return m_writer.key(saved.key, saved.object->toValue(), saved.expireAtMs, saved.idleSeconds, saved.frequency, saved.otherAttributes);
    }

    // What the target reads as it stands is copied, the rest encoded anew.
    Result<void> oneForTarget(const Keyspace::Saved &saved)
    {
        if (saved.object) {
            ++report.encodedRecords;
            return writeValue(m_writer, saved.key, saved.object->toValue(), saved.expireAtMs, saved.idleSeconds, saved.frequency, m_target);
        }
        const StoredRecord stored = storedRecord(m_keyspace, 0, saved);
        const bool copied = takesAsItStands(*m_target, stored.family, stored.rdbType, stored.value);
        KL_TRY(const bool written, writeStored(m_writer, stored, m_target));
        ++(!written ? report.leftOut : copied ? report.copiedRecords : report.encodedRecords);
        return {};
    }

    const Keyspace &m_keyspace;
    RdbWriter &m_writer;
    std::optional<SaveTarget> m_target;
    const CancelToken &m_cancel;
    std::uint64_t m_seen = 0;
};

} // namespace

int savedVersion(const Keyspace &keyspace, RdbFamily family)
{
    int version = keyspace.snapshot() ? keyspace.snapshot()->summary().version : kNewFileVersion;
    if (keyspace.functions() && !keyspace.functions()->empty())
        version = std::max(version, kFirstVersionWithFunctions);
    for (int db = 0; db < keyspace.databaseCount(); ++db) {
        keyspace.forEachSaved(db, [](int, std::int64_t, std::int64_t) { return true; }, [&](const Keyspace::Saved &saved) {
            // Only these types ever need more than any source file has.
            if (saved.object && (saved.object->type() == ValueType::Hash || saved.object->type() == ValueType::Stream))
                version = std::max(version, lowestVersionFor(saved.object->toValue(), family));
            else if (saved.object)
                version = std::max(version, 9);
            return true;
        });
    }
    return version;
}

namespace {

// Damage inside a record that was copied is the source's own, and kept.
bool isOfTheSource(const RdbDamage &found, const Snapshot *source)
{
    if (!source)
        return false;
    const std::vector<RdbDamage> &known = source->summary().damage;
    return std::any_of(known.begin(), known.end(),
                       [&](const RdbDamage &damage) { return damage.db == found.db && damage.key == found.key && damage.reason == found.reason; });
}

constexpr double kWritingShare = 0.75; // of the time; the rest is reading back

// Tells in steps that can be seen. What a save will write is about what its source has.
class SaveProgress
{
public:
    SaveProgress(const SaveOptions &options, const Snapshot *source)
        : m_tell(options.progress), m_expected(source ? source->summary().fileSize : 0)
    {
    }

    void wrote(std::int64_t bytes)
    {
        m_written += bytes;
        if (m_expected > 0)
            tell(kWritingShare * std::min(1.0, double(m_written) / double(m_expected)));
    }
    void readBack(std::int64_t done, std::int64_t total) { tell(kWritingShare + (1 - kWritingShare) * (total > 0 ? double(done) / double(total) : 1)); }

private:
    void tell(double fraction)
    {
        constexpr double kStep = 0.01;
        if (!m_tell || fraction < m_told + kStep)
            return;
        m_told = fraction;
        m_tell(fraction);
    }

    const std::function<void(double)> &m_tell;
    std::int64_t m_expected;
    std::int64_t m_written = 0;
    double m_told = 0;
};

Result<void> verify(const QString &path, std::int64_t keys, const Snapshot *source, SaveProgress &progress, const CancelToken &cancel)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return ioError(QStringLiteral("cannot read back"), path, file.errorString());
    const uchar *mapped = file.map(0, file.size());
    if (!mapped)
        return ioError(QStringLiteral("cannot read back"), path, file.errorString());
    std::int64_t seen = 0;
    ScanCallbacks callbacks;
    callbacks.onKey = [&](const RecordInfo &, QByteArrayView) {
        ++seen;
        return true;
    };
    callbacks.onProgress = [&](std::int64_t done, std::int64_t total) { progress.readBack(done, total); };
    KL_TRY(const RdbSummary summary, scanRdb(QByteArrayView(mapped, file.size()), callbacks, cancel));
    const auto damage = std::find_if_not(summary.damage.begin(), summary.damage.end(), [&](const RdbDamage &found) { return isOfTheSource(found, source); });
    if (!summary.reachedEof || summary.checksum == ChecksumState::Bad || damage != summary.damage.end() || seen != keys) {
        const QString reason = damage != summary.damage.end() ? damage->reason : QStringLiteral("%1 keys instead of %2").arg(seen).arg(keys);
        return Error{Errc::Corrupt, QStringLiteral("what was written does not read back: %1").arg(reason), -1, path};
    }
    return {};
}

} // namespace

Result<EngineSaveReport> saveKeyspace(const Keyspace &keyspace, const QString &path, const SaveOptions &options, const CancelToken &cancel,
                                      const std::function<Result<void>()> &mayReplace)
{
    KL_TRY(const std::unique_ptr<WholeFile> file, WholeFile::create(path));

    const RdbFamily sourceFamily = keyspace.snapshot() ? keyspace.snapshot()->summary().family : RdbFamily::Redis;
    const RdbFamily family = options.target ? factsOf(*options.target).family : sourceFamily;
    const int version = options.target ? factsOf(*options.target).version : savedVersion(keyspace, family);
    SaveProgress progress(options, keyspace.snapshot());
    const auto write = [&](QByteArrayView bytes) {
        progress.wrote(bytes.size());
        return file->write(bytes);
    };
    RdbWriter writer(write, family, version);
    Saver saver(keyspace, writer, options, cancel);
    KL_CHECK(saver.run());
    saver.report.keys -= saver.report.leftOut;
    KL_CHECK(file->sync());
    saver.report.bytes = writer.bytesWritten();
    if (file->size() != saver.report.bytes)
        return ioError(QStringLiteral("cannot write"), path, QStringLiteral("the file is shorter than what was written"));
    KL_CHECK(verify(file->temporaryPath(), saver.report.keys, keyspace.snapshot(), progress, cancel));
    if (mayReplace)
        KL_CHECK(mayReplace());
    KL_CHECK(file->commit());
    return saver.report;
}

} // namespace keyloupe
