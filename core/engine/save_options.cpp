// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/save_options.h"

#include "core/rdb/record_head.h"
#include "core/rdb/type_table.h"

namespace keyloupe {

StoredRecord storedRecord(const Keyspace &keyspace, int db, const Keyspace::Saved &saved)
{
    const Snapshot &snapshot = *keyspace.snapshot();
    const auto &info = saved.untouched ? *saved.untouched : *saved.record;
    StoredRecord stored;
    stored.db = db;
    stored.rdbType = info.rdbType;
    stored.family = snapshot.summary().family;
    stored.value = snapshot.valueBytes(info);
    const QByteArrayView whole = snapshot.recordBytes(info);
    const rdb::RecordParts parts = rdb::readRecordParts(whole, stored.family);
    stored.keyMetadata = parts.keyMetadata;
    if (saved.untouched) {
        stored.key = parts.key;
        stored.whole = whole;
        stored.isPlain = parts.isPlain;
        stored.expireAtMs = info.expireAtMs;
        stored.idleSeconds = info.idleSeconds;
        stored.frequency = info.frequency;
    } else {
        stored.key = saved.key;
        stored.expireAtMs = saved.expireAtMs;
        stored.idleSeconds = saved.idleSeconds;
        stored.frequency = saved.frequency;
    }
    return stored;
}

void forEachStored(const Keyspace &keyspace, int db, const SavedFn &fn)
{
    keyspace.forEachSaved(db, [&](const Keyspace::Saved &saved) {
        if (!saved.object)
            return fn(storedRecord(keyspace, db, saved), nullptr);
        StoredRecord stored;
        stored.db = db;
        stored.key = saved.key;
        stored.expireAtMs = saved.expireAtMs;
        stored.idleSeconds = saved.idleSeconds;
        stored.frequency = saved.frequency;
        return fn(stored, saved.object);
    });
}

Result<SaveFindings> findLosses(const Keyspace &keyspace, SaveTarget target, const CancelToken &cancel)
{
    SaveFindings findings;
    const TargetFacts &facts = factsOf(target);
    if (const Snapshot *snapshot = keyspace.snapshot()) {
        for (const RdbFileRecord &record : snapshot->summary().fileRecords) {
            if (belongsInCopy(keyspace, record))
                addFindings(findings, record, snapshot->summary().family, facts);
        }
    }
    if (keyspace.functions() && !facts.functions) {
        for (const QByteArray &code : *keyspace.functions())
            findings.add({-1, libraryName(code), SaveIssue::Function, 1});
    }
    std::uint64_t seen = 0;
    for (int db = 0; db < keyspace.databaseCount(); ++db) {
        forEachStored(keyspace, db, [&](const StoredRecord &stored, const Object *edited) {
            if (edited)
                addFindings(findings, db, stored.key, edited->toValue(), facts);
            else
                addFindings(findings, stored, target);
            return (++seen & 0xfff) != 0 || !cancel.isCancelled();
        });
        if (cancel.isCancelled())
            return cancelledError();
    }
    return findings;
}

bool belongsInCopy(const Keyspace &keyspace, const RdbFileRecord &record)
{
    if (record.opcode == rdb::kOpSlotInfo)
        return false; // size hints of a cluster node, wrong after an edit
    if (record.opcode == rdb::kOpFunction || record.opcode == rdb::kOpFunctionPreGa)
        return !keyspace.functions();
    if (record.opcode != rdb::kOpAux)
        return true;
    // What an RDB says as the beginning of an append-only file, and the time of that beginning.
    if (keyspace.isReplayed() && (record.name == "ctime" || record.name == "aof-base" || record.name == "aof-preamble"))
        return false;
    // A replica must not take the edited file for its master's own.
    return !record.name.toLower().startsWith("repl-") && record.name != "slot-info";
}

std::vector<QByteArray> librariesOf(const Keyspace &keyspace)
{
    if (keyspace.functions())
        return *keyspace.functions();
    std::vector<QByteArray> libraries;
    if (const Snapshot *snapshot = keyspace.snapshot()) {
        for (const RdbFileRecord &record : snapshot->summary().fileRecords) {
            if (record.opcode == rdb::kOpFunction)
                libraries.push_back(record.value);
        }
    }
    return libraries;
}

} // namespace keyloupe
