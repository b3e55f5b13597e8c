// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/values/raw_value.h"

#include "core/async/on_ready.h"
#include "core/rdb/length_codec.h"
#include "core/rdb/module_codec.h"
#include "core/source/source.h"

namespace keyloupe {
namespace {

constexpr qsizetype kFooter = 10; // version and CRC-64
constexpr std::uint8_t kModuleType = 7;

} // namespace

Result<RawValue> parseRawValue(const QByteArray &payload)
{
    if (payload.size() <= kFooter)
        return Error{Errc::Corrupt, QStringLiteral("this is no DUMP payload"), payload.size(), {}};
    const QByteArray body = payload.chopped(kFooter);
    RawValue value;
    value.rdbType = static_cast<std::uint8_t>(body[0]);
    value.bytes = body.sliced(1);
    if (value.rdbType != kModuleType)
        return value;
    rdb::ByteCursor in(value.bytes);
    const std::uint64_t id = rdb::readLength(in);
    if (!in.ok())
        return in.error();
    value.moduleName = rdb::moduleTypeName(id);
    value.encodingVersion = static_cast<int>(id & 1023);
    value.bytes = value.bytes.sliced(qsizetype(in.offset()));
    return value;
}

QFuture<Result<std::optional<RawValue>>> readRawValue(Source &source, int db, const QByteArray &key)
{
    const auto promise = makePromise<std::optional<RawValue>>();
    ExecOptions options;
    options.db = db;
    onReady(source.execute(Command{"DUMP", key}, options), &source, [promise](const Result<RespValue> &reply) {
        const Result<RespValue> payload = reply.ok() ? unwrapReply(*reply) : reply;
        if (!payload.ok())
            return fulfil<std::optional<RawValue>>(promise, payload.error());
        if (payload->isNull())
            return fulfil<std::optional<RawValue>>(promise, std::optional<RawValue>());
        Result<RawValue> value = parseRawValue(payload->bytes);
        if (!value.ok())
            return fulfil<std::optional<RawValue>>(promise, value.error());
        fulfil<std::optional<RawValue>>(promise, std::optional<RawValue>(std::move(*value)));
    });
    return promise->future();
}

} // namespace keyloupe
