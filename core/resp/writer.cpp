// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/resp/writer.h"

#include "core/base/number.h"

namespace keyloupe {
namespace {

void appendHeader(QByteArray &out, char marker, std::int64_t number)
{
    out.append(marker);
    out.append(QByteArray::number(qint64(number)));
    out.append("\r\n", 2);
}

void appendBulk(QByteArray &out, const QByteArray &bytes)
{
    appendHeader(out, '$', bytes.size());
    out.append(bytes);
    out.append("\r\n", 2);
}

void appendLine(QByteArray &out, char marker, const QByteArray &text)
{
    out.append(marker);
    // A line end inside would desynchronise the client: Redis turns it into spaces.
    QByteArray line = text;
    line.replace('\r', ' ').replace('\n', ' ');
    out.append(line);
    out.append("\r\n", 2);
}

void appendItems(QByteArray &out, const RespValue &reply, int protocol)
{
    for (const RespValue &item : reply.items)
        appendReply(out, item, protocol);
}

} // namespace

void appendCommand(QByteArray &out, const Command &command)
{
    qsizetype size = 16;
    for (const QByteArray &arg : command.args)
        size += arg.size() + 16;
    out.reserve(out.size() + size);
    appendHeader(out, '*', command.args.size());
    for (const QByteArray &arg : command.args)
        appendBulk(out, arg);
}

void appendReply(QByteArray &out, const RespValue &reply, int protocol)
{
    using Kind = RespValue::Kind;
    const bool resp3 = protocol >= 3;
    switch (reply.kind) {
    case Kind::Null:
        out.append(resp3 ? "_\r\n" : reply.integer == 1 ? "*-1\r\n" : "$-1\r\n");
        return;
    case Kind::SimpleString:
        appendLine(out, '+', reply.bytes);
        return;
    case Kind::Error:
        appendLine(out, '-', reply.bytes);
        return;
    case Kind::Integer:
        appendHeader(out, ':', reply.integer);
        return;
    case Kind::BulkString:
        appendBulk(out, reply.bytes);
        return;
    case Kind::Double:
        if (resp3)
            appendLine(out, ',', formatDouble(reply.number));
        else
            appendBulk(out, formatDouble(reply.number));
        return;
    case Kind::Boolean:
        if (resp3)
            out.append(reply.integer != 0 ? "#t\r\n" : "#f\r\n");
        else
            appendHeader(out, ':', reply.integer);
        return;
    case Kind::BigNumber:
        if (resp3)
            appendLine(out, '(', reply.bytes);
        else
            appendBulk(out, reply.bytes);
        return;
    case Kind::Verbatim:
        if (resp3) {
            appendHeader(out, '=', reply.bytes.size() + 4);
            out.append("txt:");
            out.append(reply.bytes);
            out.append("\r\n", 2);
        } else {
            appendBulk(out, reply.bytes);
        }
        return;
    case Kind::Array:
        appendHeader(out, '*', std::int64_t(reply.items.size()));
        appendItems(out, reply, protocol);
        return;
    case Kind::Map:
        if (resp3)
            appendHeader(out, '%', std::int64_t(reply.items.size() / 2));
        else
            appendHeader(out, '*', std::int64_t(reply.items.size()));
        appendItems(out, reply, protocol);
        return;
    case Kind::Set:
        appendHeader(out, resp3 ? '~' : '*', std::int64_t(reply.items.size()));
        appendItems(out, reply, protocol);
        return;
    case Kind::Push:
        appendHeader(out, resp3 ? '>' : '*', std::int64_t(reply.items.size()));
        appendItems(out, reply, protocol);
        return;
    }
}

} // namespace keyloupe
