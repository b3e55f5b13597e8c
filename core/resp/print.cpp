// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/resp/print.h"

#include "core/base/escape.h"
#include "core/base/number.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace keyloupe {
namespace {

using Json = nlohmann::ordered_json;
using Kind = RespValue::Kind;

QByteArray printAt(const RespValue &reply, const QByteArray &prefix);

// True when the value prints as more than one line, seen through aggregates of one element.
bool takesLines(const RespValue &value)
{
    if (!value.isAggregate() || value.items.empty())
        return false;
    const std::size_t ofOne = value.kind == Kind::Map ? 2 : 1;
    return value.items.size() > ofOne || takesLines(value.items[ofOne - 1]);
}

// Lines "N) …" of an aggregate; nested ones are indented to stand behind their number, as redis-cli does.
QByteArray printItems(const RespValue &reply, const QByteArray &prefix)
{
    const bool isMap = reply.kind == Kind::Map;
    const char marker = isMap ? '#' : reply.kind == Kind::Set ? '~' : ')';
    const char *empty = isMap ? "(empty hash)\n" : reply.kind == Kind::Set ? "(empty set)\n" : "(empty array)\n";
    if (reply.items.empty())
        return empty;
    const std::size_t rows = isMap ? reply.items.size() / 2 : reply.items.size();
    const qsizetype width = QByteArray::number(qulonglong(rows)).size();
    const QByteArray inner = prefix + QByteArray(width + 2, ' ');
    QByteArray out;
    for (std::size_t i = 0; i < rows; ++i) {
        if (i > 0)
            out += prefix;
        out += QByteArray::number(qulonglong(i + 1)).rightJustified(width) + marker + ' ';
        if (isMap) {
            QByteArray key = printAt(reply.items[2 * i], inner);
            if (key.endsWith('\n'))
                key.chop(1);
            const RespValue &value = reply.items[2 * i + 1];
            // A value with lines of its own starts on the next one.
            out += key + " => " + (takesLines(value) ? '\n' + inner : QByteArray()) + printAt(value, inner);
        } else {
            out += printAt(reply.items[i], inner);
        }
    }
    return out;
}

QByteArray printAt(const RespValue &reply, const QByteArray &prefix)
{
    switch (reply.kind) {
    case Kind::Null: return "(nil)\n";
    case Kind::SimpleString: return reply.bytes + '\n';
    case Kind::Error: return "(error) " + reply.bytes + '\n';
    case Kind::Integer: return "(integer) " + QByteArray::number(qint64(reply.integer)) + '\n';
    case Kind::BulkString: return quoteBytes(reply.bytes) + '\n';
    case Kind::Verbatim: return reply.bytes + '\n';
    case Kind::Double: return "(double) " + formatDouble(reply.number) + '\n';
    case Kind::Boolean: return reply.integer != 0 ? "(true)\n" : "(false)\n";
    case Kind::BigNumber: return reply.bytes + '\n';
    case Kind::Array:
    case Kind::Map:
    case Kind::Set:
    case Kind::Push: return printItems(reply, prefix);
    }
    return {};
}

Json bytesToJson(const QByteArray &bytes)
{
    if (isUtf8(bytes))
        return Json(bytes.toStdString());
    return Json{{"base64", bytes.toBase64().toStdString()}};
}

Json toJson(const RespValue &reply)
{
    switch (reply.kind) {
    case Kind::Null: return Json(nullptr);
    case Kind::SimpleString:
    case Kind::BulkString:
    case Kind::Verbatim: return bytesToJson(reply.bytes);
    case Kind::Error: return Json{{"error", QString::fromUtf8(reply.bytes).toStdString()}};
    case Kind::Integer: return Json(reply.integer);
    case Kind::Double:
        if (!std::isfinite(reply.number))
            return Json{{"double", formatDouble(reply.number).toStdString()}};
        return Json(reply.number);
    case Kind::Boolean: return Json(reply.integer != 0);
    case Kind::BigNumber: return Json{{"bignumber", reply.bytes.toStdString()}};
    case Kind::Map: {
        Json pairs = Json::array();
        for (std::size_t i = 0; i + 1 < reply.items.size(); i += 2)
            pairs.push_back(Json::array({toJson(reply.items[i]), toJson(reply.items[i + 1])}));
        return Json{{"map", std::move(pairs)}};
    }
    case Kind::Set:
    case Kind::Array:
    case Kind::Push: {
        Json list = Json::array();
        for (const RespValue &item : reply.items)
            list.push_back(toJson(item));
        if (reply.kind == Kind::Set)
            return Json{{"set", std::move(list)}};
        return list;
    }
    }
    return Json(nullptr);
}

} // namespace

QByteArray printReply(const RespValue &reply)
{
    return printAt(reply, {});
}

QByteArray replyToJson(const RespValue &reply)
{
    return QByteArray::fromStdString(toJson(reply).dump(-1, ' ', false, Json::error_handler_t::replace));
}

} // namespace keyloupe
