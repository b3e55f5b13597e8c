// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/resp/value.h"

#include "core/base/number.h"

namespace keyloupe {
namespace {

RespValue ofBytes(RespValue::Kind kind, QByteArray bytes)
{
    RespValue value;
    value.kind = kind;
    value.bytes = std::move(bytes);
    return value;
}

RespValue ofItems(RespValue::Kind kind, std::vector<RespValue> items)
{
    RespValue value;
    value.kind = kind;
    value.items = std::move(items);
    return value;
}

} // namespace

RespValue RespValue::simple(QByteArray text) { return ofBytes(Kind::SimpleString, std::move(text)); }
RespValue RespValue::error(QByteArray text) { return ofBytes(Kind::Error, std::move(text)); }
RespValue RespValue::bulk(QByteArray data) { return ofBytes(Kind::BulkString, std::move(data)); }
RespValue RespValue::verbatim(QByteArray text) { return ofBytes(Kind::Verbatim, std::move(text)); }
RespValue RespValue::array(std::vector<RespValue> items) { return ofItems(Kind::Array, std::move(items)); }
RespValue RespValue::map(std::vector<RespValue> items) { return ofItems(Kind::Map, std::move(items)); }
RespValue RespValue::set(std::vector<RespValue> items) { return ofItems(Kind::Set, std::move(items)); }
RespValue RespValue::push(std::vector<RespValue> items) { return ofItems(Kind::Push, std::move(items)); }

RespValue RespValue::nullArray()
{
    RespValue value;
    value.integer = 1;
    return value;
}

bool RespValue::operator==(const RespValue &other) const
{
    if (isNull() || other.isNull())
        return isNull() == other.isNull();
    return kind == other.kind && integer == other.integer && number == other.number && bytes == other.bytes && items == other.items;
}

RespValue RespValue::ofInteger(std::int64_t number)
{
    RespValue value;
    value.kind = Kind::Integer;
    value.integer = number;
    return value;
}

RespValue RespValue::ofDouble(double number)
{
    RespValue value;
    value.kind = Kind::Double;
    value.number = number;
    return value;
}

RespValue RespValue::boolean(bool on)
{
    RespValue value;
    value.kind = Kind::Boolean;
    value.integer = on ? 1 : 0;
    return value;
}

QByteArray RespValue::errorCode() const
{
    if (kind != Kind::Error)
        return {};
    const qsizetype space = bytes.indexOf(' ');
    return space < 0 ? bytes : bytes.left(space);
}

std::int64_t RespValue::toInteger(std::int64_t fallback) const
{
    if (kind == Kind::Integer || kind == Kind::Boolean)
        return integer;
    if (isText())
        return parseInt64(bytes).value_or(fallback);
    return fallback;
}

double RespValue::toDouble(double fallback) const
{
    if (kind == Kind::Double)
        return number;
    if (kind == Kind::Integer)
        return static_cast<double>(integer);
    if (isText())
        return parseDouble(bytes).value_or(fallback);
    return fallback;
}

Error errorFromReply(const RespValue &reply)
{
    const QByteArray code = reply.errorCode();
    Errc kind = Errc::Server;
    if (code == "NOAUTH" || code == "WRONGPASS" || code == "NOPERM")
        kind = Errc::Auth;
    else if (code == "READONLY")
        kind = Errc::ReadOnly;
    return Error{kind, QString::fromUtf8(reply.bytes), -1, {}};
}

Result<RespValue> unwrapReply(RespValue reply)
{
    if (reply.isError())
        return errorFromReply(reply);
    return reply;
}

} // namespace keyloupe
