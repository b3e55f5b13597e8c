// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reading back what value_json.cpp wrote. nlohmann throws on what does not fit; it is caught here, at the edge.
#include "core/transfer/value_json.h"

#include "core/base/number.h"

#include <nlohmann/json.hpp>

#include <charconv>

namespace keyloupe {
namespace {

using Json = nlohmann::json;

struct Misfit
{
    const char *reason;
};

QByteArray fromText(const std::string &text)
{
    return QByteArray(text.data(), qsizetype(text.size()));
}

QByteArray fromBase64(const Json &text)
{
    const auto decoded = QByteArray::fromBase64Encoding(fromText(text.get_ref<const std::string &>()), QByteArray::AbortOnBase64DecodingErrors);
    if (!decoded)
        throw Misfit{"base64 that is damaged"};
    return *decoded;
}

QByteArray bytesOf(const Json &json)
{
    return json.is_object() ? fromBase64(json.at("base64")) : fromText(json.get_ref<const std::string &>());
}

StreamId idOf(const Json &json)
{
    Result<StreamId> id = parseStreamIdText(fromText(json.get_ref<const std::string &>()));
    if (!id)
        throw Misfit{"a stream id that is none"};
    return *id;
}

double scoreOf(const Json &json)
{
    if (json.is_number())
        return json.get<double>();
    const std::optional<double> score = parseDouble(fromText(json.get_ref<const std::string &>()));
    if (!score)
        throw Misfit{"a score that is no number"};
    return *score;
}

StreamGroup groupOf(const Json &json)
{
    StreamGroup group;
    group.name = bytesOf(json.at("name"));
    group.lastDelivered = idOf(json.at("last_delivered"));
    group.entriesRead = json.at("entries_read").get<std::int64_t>();
    for (const Json &pending : json.at("pending"))
        group.pending.push_back({idOf(pending.at(0)), pending.at(1).get<std::int64_t>(), pending.at(2).get<std::uint64_t>()});
    for (const Json &row : json.at("consumers")) {
        StreamConsumer consumer;
        consumer.name = bytesOf(row.at("name"));
        consumer.seenMs = row.at("seen_ms").get<std::int64_t>();
        consumer.activeMs = row.at("active_ms").get<std::int64_t>();
        for (const Json &id : row.at("pending"))
            consumer.pending.push_back(idOf(id));
        group.consumers.push_back(std::move(consumer));
    }
    return group;
}

StreamValue factsOf(const Json &json)
{
    StreamValue stream;
    stream.lastId = idOf(json.at("last_id"));
    stream.firstId = idOf(json.at("first_id"));
    stream.maxDeletedId = idOf(json.at("max_deleted_id"));
    stream.entriesAdded = json.at("entries_added").get<std::uint64_t>();
    for (const Json &group : json.at("groups"))
        stream.groups.push_back(groupOf(group));
    if (json.contains("idempotency_b64"))
        stream.idempotencyTail = fromBase64(json.at("idempotency_b64"));
    return stream;
}

StreamValue streamOf(const Json &json)
{
    StreamValue stream = factsOf(json.at("stream"));
    for (const Json &row : json.at("entries")) {
        StreamEntry entry;
        entry.id = idOf(row.at(0));
        for (const Json &pair : row.at(1))
            entry.fields.emplace_back(bytesOf(pair.at(0)), bytesOf(pair.at(1)));
        stream.entries.push_back(std::move(entry));
    }
    return stream;
}

Value valueOf(const std::string &type, const Json &json)
{
    if (type == "string")
        return bytesOf(json);
    if (type == "list") {
        ListValue list;
        for (const Json &item : json)
            list.items.push_back(bytesOf(item));
        return list;
    }
    if (type == "set") {
        SetValue set;
        for (const Json &member : json)
            set.members.push_back(bytesOf(member));
        return set;
    }
    if (type == "zset") {
        SortedSetValue set;
        for (const Json &pair : json)
            set.members.push_back({bytesOf(pair.at(0)), scoreOf(pair.at(1))});
        return set;
    }
    if (type == "hash") {
        HashValue hash;
        for (const Json &row : json)
            hash.fields.push_back({bytesOf(row.at(0)), bytesOf(row.at(1)), row.size() > 2 ? row.at(2).get<std::int64_t>() : -1});
        return hash;
    }
    if (type == "stream")
        return streamOf(json);
    if (type == "module")
        return ModuleValue{bytesOf(json.at("module")), json.at("encoding_version").get<int>(), fromBase64(json.at("payload_b64"))};
    throw Misfit{"a type that is not known"};
}

Error misfit(const QString &why)
{
    return Error{Errc::Corrupt, QStringLiteral("a line does not read back: %1").arg(why), -1, {}};
}

template <typename Fn>
auto guarded(Fn parse) -> Result<std::invoke_result_t<Fn>>
{
    try {
        return parse();
    } catch (const Json::exception &error) {
        return misfit(QString::fromUtf8(error.what()));
    } catch (const Misfit &error) {
        return misfit(QString::fromLatin1(error.reason));
    }
}

} // namespace

Result<StreamId> parseStreamIdText(QByteArrayView text)
{
    StreamId id;
    const char *end = text.data() + text.size();
    const auto ms = std::from_chars(text.data(), end, id.ms);
    if (ms.ec == std::errc() && ms.ptr != end && *ms.ptr == '-') {
        const auto seq = std::from_chars(ms.ptr + 1, end, id.seq);
        if (seq.ec == std::errc() && seq.ptr == end)
            return id;
    }
    return misfit(QStringLiteral("a stream id that is none"));
}

Result<ExportedRecord> parseJsonLine(QByteArrayView line)
{
    return guarded([&] {
        const Json json = Json::parse(line.data(), line.data() + line.size());
        ExportedRecord record;
        const std::string type = json.at("type").get<std::string>();
        if (type == "function") {
            record.isLibrary = true;
            record.value = bytesOf(json.at("code"));
            return record;
        }
        record.db = json.at("db").get<int>();
        record.key = json.contains("key") ? bytesOf(json.at("key")) : fromBase64(json.at("key_b64"));
        if (!json.at("expire_at_ms").is_null())
            record.expireAtMs = json.at("expire_at_ms").get<std::int64_t>();
        record.value = valueOf(type, json.at("value"));
        return record;
    });
}

Result<StreamValue> parseJsonStreamFacts(QByteArrayView text)
{
    return guarded([&] { return factsOf(Json::parse(text.data(), text.data() + text.size())); });
}

} // namespace keyloupe
