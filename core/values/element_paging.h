// SPDX-License-Identifier: GPL-3.0-or-later
//
// ElementPaging: what to send for the next page of a collection and how to read the answer. Lists go by index, sorted sets
// by rank, streams by id from the newest, hashes and sets by their SCAN; with a MATCH pattern sorted sets go by ZSCAN.
// Every call is O(page), never O(collection). Pure; any thread.
#pragma once

#include "core/base/result.h"
#include "core/resp/command.h"
#include "core/resp/value.h"
#include "core/values/value_kind.h"
#include "core/values/value_page.h"

#include <cstdint>

namespace keyloupe {

class ElementPaging
{
public:
    /// `match`: a glob on fields or members, done by the server; empty for all. Lists and streams have none.
    ElementPaging(ValueKind kind, QByteArray key, QByteArray match = {});

    /// The command for the next page of about `count` elements.
    Command next(int count) const;
    /// Reads the answer and moves on. An error reply is an Error; an answer of another shape is Errc::Protocol.
    Result<ValuePage> take(const RespValue &reply);

    /// Elements before the next page were added (above 0) or removed by our own edits. Lists and ranks only.
    void shift(std::int64_t by);

    ValueKind kind() const { return m_kind; }
    const QByteArray &key() const { return m_key; }
    bool isDone() const { return m_done; }

private:
    bool byScan() const;

    ValueKind m_kind;
    QByteArray m_key;
    QByteArray m_match;
    QByteArray m_scanCursor = QByteArrayLiteral("0");
    std::int64_t m_position = 0; ///< of the next list element or rank
    QByteArray m_below = QByteArrayLiteral("+"); ///< stream entries up to this id come next
    mutable int m_asked = 0;
    bool m_done = false;
};

/// The id just below, for going down a stream on servers that know no exclusive ranges (before 6.2); empty below 0-0.
QByteArray streamIdBefore(const QByteArray &id);

} // namespace keyloupe
