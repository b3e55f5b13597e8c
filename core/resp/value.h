// SPDX-License-Identifier: GPL-3.0-or-later
//
// RespValue: one reply or pushed message, as a tree. RESP2 replies use the same kinds (a RESP2 nil is Null).
// A plain value; safe to move between threads. Format: https://redis.io/docs/latest/develop/reference/protocol-spec/
#pragma once

#include "core/base/result.h"

#include <QByteArray>

#include <cstdint>
#include <vector>

namespace keyloupe {

struct RespValue
{
    enum class Kind : std::uint8_t {
        Null,         ///< integer 1: the null of an array, which RESP2 writes differently
        SimpleString, ///< bytes
        Error,        ///< bytes: "ERR text", both `-` and `!` forms
        Integer,      ///< integer
        BulkString,   ///< bytes
        Array,        ///< items
        Double,       ///< number
        Boolean,      ///< integer 0 or 1
        BigNumber,    ///< bytes: the digits
        Verbatim,     ///< bytes without the "txt:" prefix
        Map,          ///< items: key, value, key, value …
        Set,          ///< items
        Push,         ///< items; the first names the kind of message
    };

    Kind kind = Kind::Null;
    std::int64_t integer = 0;
    double number = 0;
    QByteArray bytes;
    std::vector<RespValue> items;

    static RespValue null() { return {}; }
    static RespValue nullArray(); ///< "*-1" to an old client; else like null()
    static RespValue simple(QByteArray text);
    static RespValue ok() { return simple(QByteArrayLiteral("OK")); }
    static RespValue error(QByteArray text);
    static RespValue ofInteger(std::int64_t value);
    static RespValue bulk(QByteArray bytes);
    static RespValue ofDouble(double value);
    static RespValue boolean(bool value);
    static RespValue verbatim(QByteArray text);
    static RespValue array(std::vector<RespValue> items = {});
    static RespValue map(std::vector<RespValue> keysAndValues = {});
    static RespValue set(std::vector<RespValue> items = {});
    static RespValue push(std::vector<RespValue> items);

    bool isNull() const { return kind == Kind::Null; }
    bool isError() const { return kind == Kind::Error; }
    bool isText() const ///< has bytes that are data
    {
        return kind == Kind::BulkString || kind == Kind::SimpleString || kind == Kind::Verbatim || kind == Kind::BigNumber;
    }
    bool isAggregate() const
    {
        return kind == Kind::Array || kind == Kind::Map || kind == Kind::Set || kind == Kind::Push;
    }

    /// First word of an error reply ("WRONGTYPE", "NOAUTH"), else empty.
    QByteArray errorCode() const;

    /// Integer from an Integer, Boolean or decimal text, else the fallback.
    std::int64_t toInteger(std::int64_t fallback = 0) const;
    /// Double from a Double, Integer or text (ZSCAN gives scores as text even in RESP3), else the fallback.
    double toDouble(double fallback = 0) const;

    /// The two nulls are equal: only the wire tells them apart.
    bool operator==(const RespValue &other) const;
};

/// An error reply as an Error: Auth for NOAUTH, WRONGPASS and NOPERM, ReadOnly for READONLY, Server for the rest,
/// with the server's words as the message.
Error errorFromReply(const RespValue &reply);

/// The value itself, or the Error that an error reply stands for.
Result<RespValue> unwrapReply(RespValue reply);

} // namespace keyloupe
