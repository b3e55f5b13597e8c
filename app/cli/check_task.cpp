// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/check_task.h"

#include "core/base/escape.h"
#include "core/engine/deep_check.h"
#include "core/engine/keyspace.h"
#include "core/engine/open_file.h"

#include <nlohmann/json.hpp>

#include <QFileInfo>

#include <map>

namespace keyloupe::cli {
namespace {

using Json = nlohmann::ordered_json;

const char *checksumName(ChecksumState state)
{
    switch (state) {
    case ChecksumState::Good: return "good";
    case ChecksumState::Bad: return "bad";
    case ChecksumState::Absent: return "absent";
    case ChecksumState::NotReached: return "not-reached";
    }
    return "not-reached";
}

const char *noteName(OpenNote::Kind kind)
{
    switch (kind) {
    case OpenNote::Kind::CutTail: return "cut-tail";
    case OpenNote::Kind::PartOfMany: return "part-of-many";
    case OpenNote::Kind::IgnoredTail: return "ignored-tail";
    case OpenNote::Kind::Unpacked: return "unpacked";
    }
    return "";
}

struct Count
{
    std::map<std::string, std::int64_t> byType;
    std::int64_t keys = 0;
    std::int64_t expires = 0;

    void add(ValueType type, std::int64_t count)
    {
        if (count > 0)
            byType[valueTypeName(type)] += count;
        keys += count;
    }
    Json json(int db) const { return Json{{"db", db}, {"keys", keys}, {"expires", expires}, {"types", byType}}; }
};

// Every record of an RDB counts, also one that had expired when the file was written.
Json databasesOf(const Snapshot &snapshot)
{
    Json list = Json::array();
    for (const int db : snapshot.databases()) {
        Count count;
        for (std::size_t type = 0; type < std::variant_size_v<Value>; ++type)
            count.add(static_cast<ValueType>(type), snapshot.keyCount(db, static_cast<ValueType>(type)));
        count.expires = snapshot.expiryCount(db);
        list.push_back(count.json(db));
    }
    return list;
}

Json databasesOf(const Keyspace &keyspace, std::int64_t *total)
{
    Json list = Json::array();
    for (int db = 0; db < keyspace.databaseCount(); ++db) {
        Count count;
        keyspace.forEach(db, [&](const QByteArray &, const KeyFacts &facts) {
            count.add(facts.type, 1);
            count.expires += facts.expireAtMs >= 0 ? 1 : 0;
            return true;
        });
        *total += count.keys;
        if (count.keys > 0)
            list.push_back(count.json(db));
    }
    return list;
}

void addBytes(Json &row, const std::string &name, const QByteArray &bytes)
{
    if (isUtf8(bytes))
        row[name] = bytes.toStdString();
    row[name + "_b64"] = bytes.toBase64().toStdString();
}

Json damageJson(const OpenedFile &opened)
{
    Json list = Json::array();
    for (const OpenDamage &damage : opened.damage) {
        Json row = Json::object();
        if (!damage.file.isEmpty())
            row["file"] = damage.file.toStdString();
        row["offset"] = damage.offset;
        row["db"] = damage.db;
        if (!damage.command.isEmpty())
            row["command"] = displayText(damage.command).toStdString();
        if (!damage.key.isEmpty())
            addBytes(row, "key", damage.key);
        row["reason"] = damage.reason.toStdString();
        list.push_back(std::move(row));
    }
    return list;
}

Json notesJson(const OpenedFile &opened)
{
    Json list = Json::array();
    for (const OpenNote &note : opened.notes)
        list.push_back(Json{{"kind", noteName(note.kind)}, {"text", note.text.toStdString()}});
    return list;
}

void addRdb(Json &report, const Snapshot &snapshot)
{
    const RdbSummary &summary = snapshot.summary();
    report["family"] = summary.family == RdbFamily::Valkey ? "valkey" : "redis";
    report["version"] = summary.version;
}

void addAof(Json &report, const OpenedFile &opened)
{
    Json parts = Json::array();
    std::int64_t size = 0;
    for (const AofPartInfo &part : opened.parts) {
        parts.push_back(Json{{"file", QFileInfo(part.path).fileName().toStdString()}, {"size", part.size}, {"read", part.isRead}});
        size += part.size;
    }
    const char *layout = opened.kind == FileKind::Aof ? "plain" : opened.kind == FileKind::PreambleAof ? "preamble" : "multi-part";
    report["layout"] = layout;
    if (opened.snapshot)
        addRdb(report, *opened.snapshot);
    report["size"] = size;
    report["parts"] = std::move(parts);
    report["commands"] = opened.aof.commands;
    report["refused"] = opened.aof.refused;
    report["cut"] = nullptr;
    if (const std::optional<AofCut> &cut = opened.aof.cut) {
        report["cut"] = Json{{"file", cut->file.toStdString()}, {"offset", cut->offset}, {"bytes", cut->bytes},
                             {"inside", cut->inTransaction ? "transaction" : "command"}};
    }
    std::int64_t keys = 0;
    Json databases = databasesOf(opened.engine->keyspace(), &keys);
    report["keys"] = keys;
    report["databases"] = std::move(databases);
    if (opened.snapshot)
        report["checksum"] = checksumName(opened.snapshot->summary().checksum);
    const bool isRdbWhole = !opened.snapshot || opened.snapshot->summary().reachedEof;
    report["complete"] = isRdbWhole && !opened.aof.cut && std::all_of(opened.parts.begin(), opened.parts.end(), [](const auto &part) { return part.isRead; });
}

// What the deep check found inside values takes the place of what the index saw there.
void takeValueDamage(OpenedFile &opened, std::vector<ValueDamage> damage)
{
    const QString part = opened.kind == FileKind::AofParts ? QFileInfo(opened.snapshot->path()).fileName() : QString();
    std::erase_if(opened.damage, [&](const OpenDamage &known) {
        const auto value = std::upper_bound(damage.begin(), damage.end(), known.offset, [](std::int64_t at, const ValueDamage &one) {
            return at < one.valueOffset + one.valueLength;
        });
        return known.file == part && known.command.isEmpty() && value != damage.end() && known.offset >= value->valueOffset;
    });
    const auto behind = std::find_if(opened.damage.begin(), opened.damage.end(), [&](const OpenDamage &known) { return known.file != part; });
    std::vector<OpenDamage> found;
    for (ValueDamage &one : damage)
        found.push_back({part, one.place.offset, one.place.db, {}, std::move(one.place.key), std::move(one.place.reason)});
    const auto first = opened.damage.insert(behind, std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
    std::stable_sort(opened.damage.begin(), first + std::ptrdiff_t(found.size()), [](const OpenDamage &a, const OpenDamage &b) { return a.offset < b.offset; });
    opened.sound = opened.sound && damage.empty();
}

} // namespace

void CheckTask::start()
{
    const bool isPiped = namesStandardInput(m_path);
    if (const Result<void> fed = isPiped ? checkStandardInput() : Result<void>(); !fed.ok())
        return fail(fed.error());
    Result<OpenedFile> result = isPiped ? openStandardInput() : openFile(m_path);
    if (!result.ok())
        return fail(result.error());
    OpenedFile &opened = result.value();
    std::optional<std::int64_t> elements;
    if (m_deep && opened.snapshot) {
        Result<DeepCheckReport> deep = checkDeep(*opened.snapshot);
        if (!deep.ok())
            return fail(deep.error());
        takeValueDamage(opened, std::move(deep->damage));
        elements = deep->elements;
    }
    Json report{{"file", m_path.toStdString()}, {"format", opened.kind == FileKind::Rdb ? "rdb" : "aof"}};
    if (opened.kind == FileKind::Rdb) {
        const RdbSummary &summary = opened.snapshot->summary();
        addRdb(report, *opened.snapshot);
        report["size"] = summary.fileSize;
        report["keys"] = summary.keys;
        report["databases"] = databasesOf(*opened.snapshot);
        report["checksum"] = checksumName(summary.checksum);
        report["complete"] = summary.reachedEof;
    } else {
        addAof(report, opened);
    }
    if (opened.packing != Packing::None) {
        report["packing"] = packingName(opened.packing);
        report["packed_size"] = opened.packedBytes;
    }
    report["sound"] = opened.sound;
    report["damage"] = damageJson(opened);
    report["notes"] = notesJson(opened);
    if (elements)
        report["elements"] = *elements;
    writeOut(QByteArray::fromStdString(report.dump(-1, ' ', false, Json::error_handler_t::replace)) + '\n');
    end(opened.sound ? kOk : kDamaged);
}

} // namespace keyloupe::cli
