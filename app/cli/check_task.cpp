// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/check_task.h"

#include "core/base/escape.h"
#include "core/engine/deep_check.h"
#include "core/engine/snapshot.h"

#include <nlohmann/json.hpp>

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

Json databasesJson(const Snapshot &snapshot)
{
    Json list = Json::array();
    for (const int db : snapshot.databases()) {
        std::map<std::string, std::int64_t> byType;
        std::int64_t expires = 0;
        const std::int64_t count = snapshot.keyCount(db);
        for (std::int64_t i = 0; i < count; ++i) {
            const auto record = snapshot.recordAt(db, i);
            ++byType[valueTypeName(record.type)];
            expires += record.expireAtMs >= 0 ? 1 : 0;
        }
        list.push_back(Json{{"db", db}, {"keys", count}, {"expires", expires}, {"types", byType}});
    }
    return list;
}

Json damageJson(const std::vector<RdbDamage> &all)
{
    Json list = Json::array();
    for (const RdbDamage &damage : all) {
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
    DeepCheckReport deep;
    deep.damage = summary.damage;
    if (m_deep) {
        Result<DeepCheckReport> checked = checkDeep(snapshot);
        if (!checked.ok())
            return fail(checked.error());
        deep = std::move(*checked);
    }
    const bool sound = summary.isSound() && deep.damage.empty();
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
                {"damage", damageJson(deep.damage)}};
    if (m_deep)
        report["elements"] = deep.elements;
    writeOut(QByteArray::fromStdString(report.dump(-1, ' ', false, Json::error_handler_t::replace)) + '\n');
    end(sound ? kOk : kDamaged);
}

} // namespace keyloupe::cli
