// SPDX-License-Identifier: GPL-3.0-or-later
//
// ValueReader: reads one key from a Source: its header, slices of a string, and elements page by page. It sends only
// commands whose cost does not grow with the value, and asks for few elements where they are large, so that a page stays
// below about 4 MiB. One request at a time; lives on the Source's thread and must not outlive it. The futures may be dropped.
#pragma once

#include "core/source/source.h"
#include "core/values/element_paging.h"
#include "core/values/key_header.h"

#include <QFuture>

#include <memory>

namespace keyloupe {

/// Reads the header with its length.
QFuture<Result<KeyHeader>> readHeader(Source &source, int db, const QByteArray &key);

/// At most `maxBytes` from the start of a string. Errc::Server when the key holds something else; an empty slice when it is
/// gone. The total is read in the same transaction-less pipeline, so it may be newer than the bytes by a moment.
QFuture<Result<StringSlice>> readString(Source &source, int db, const QByteArray &key, std::int64_t maxBytes);

class ValueReader
{
public:
    /// `match` as in ElementPaging.
    ValueReader(Source &source, int db, const QByteArray &key, const KeyHeader &header, const QByteArray &match = {});
    ~ValueReader();
    ValueReader(const ValueReader &) = delete;
    ValueReader &operator=(const ValueReader &) = delete;

    /// The next elements: at least one unless it is done or `match` met none in a few calls (then ask again).
    /// Errc::InvalidArgument while a request is under way.
    QFuture<Result<ValuePage>> next();
    bool isBusy() const;
    void shift(std::int64_t by); ///< see ElementPaging::shift
    void cancel(); ///< the request under way ends with Errc::Cancelled

private:
    struct State;
    std::shared_ptr<State> m_state;
};

/// How many elements to ask for at once when one takes about `bytesPerElement`.
int pageCount(std::int64_t bytesPerElement);

} // namespace keyloupe
