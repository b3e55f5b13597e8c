// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reads one whole value in pages and hands it on as JSON pieces, so that a large collection never sits in memory at once.
#pragma once

#include "core/source/source.h"

#include <QObject>
#include <QSet>

#include <functional>

namespace keyloupe::cli {

/// Streams the elements of a collection. `piece` gets comma-separated JSON; `done` is called once, with an error or none.
class ValueReader : public QObject
{
    Q_OBJECT

public:
    using Piece = std::function<bool(const QByteArray &)>; ///< false ends the reading quietly
    using Done = std::function<void(std::optional<Error>)>;

    ValueReader(Source &source, int db, QByteArray key, QByteArray type, Piece piece, Done done);

    /// True for the types that start() can read element by element.
    static bool isCollection(const QByteArray &type);
    void start();

private:
    Command nextCommand() const;
    bool takePage(const RespValue &page);
    bool emitElements(const std::vector<RespValue> &items);

    Source &m_source;
    int m_db;
    QByteArray m_key;
    QByteArray m_type;
    Piece m_piece;
    Done m_done;
    QByteArray m_cursor = "0";    // of HSCAN and SSCAN
    std::int64_t m_index = 0;     // of LRANGE and ZRANGE
    QByteArray m_streamStart = "-";
    bool m_finished = false;
    bool m_first = true;
    QSet<QByteArray> m_seen;      // HSCAN and SSCAN may repeat an element
};

} // namespace keyloupe::cli
