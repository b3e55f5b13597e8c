// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/check_task.h"

#include "core/base/escape.h"
#include "core/engine/snapshot.h"

#include <nlohmann/json.hpp>

namespace keyloupe::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr ValueType kTypesByName[] = {ValueType::Hash, ValueType::List, ValueType::Module, ValueType::Set,
                                      ValueType::Stream, ValueType::String, ValueType::SortedSet};

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

Json databasesJson(const Snapshot &snapshot)
{
    Json list = Json::array();
    for (const int db : snapshot.databases()) {
        Json byType = Json::object();
        for (const ValueType type : kTypesByName) {
            if (const std::int64_t keys = snapshot.keyCount(db, type); keys > 0)
                byType[valueTypeName(type)] = keys;
        }
        list.push_back(Json{{"db", db}, {"keys", snapshot.keyCount(db)}, {"expires", snapshot.expiryCount(db)}, {"types", byType}});
    }
    return list;
}

Json damageJson(const RdbSummary &summary)
{
    Json list = Json::array();
    for (const RdbDamage &damage : summary.damage) {
        Json row{{"offset", damage.offset}, {"db", damage.db}};
        if (!damage.key.isEmpty()) {
            if (isUtf8(damage.key))
                row["key"] = damage.key.toStdString();
            row["key_b64"] = damage.key.toBase64().toStdString();
        }
        row["reason"] = damage.reason.toStdString();
        list.push_back(std::move(row));
    }
    return list;
}

} // namespace

void CheckTask::start()
{
    Result<std::shared_ptr<const Snapshot>> opened = Snapshot::open(m_path);
    if (!opened.ok())
        return fail(opened.error());
    const Snapshot &snapshot = **opened;
    const RdbSummary &summary = snapshot.summary();
    const bool sound = summary.isSound();
    Json report{{"file", m_path.toStdString()},
                {"format", "rdb"},
                {"family", summary.family == RdbFamily::Valkey ? "valkey" : "redis"},
                {"version", summary.version},
                {"size", summary.fileSize},
                {"keys", summary.keys},
                {"databases", databasesJson(snapshot)},
                {"checksum", checksumName(summary.checksum)},
                {"complete", summary.reachedEof},
                {"sound", sound},
                {"damage", damageJson(summary)}};
    writeOut(QByteArray::fromStdString(report.dump(-1, ' ', false, Json::error_handler_t::replace)) + '\n');
    end(sound ? kOk : kDamaged);
}

} // namespace keyloupe::cli
