// SPDX-License-Identifier: GPL-3.0-or-later
//
// Unpacker: compressed bytes in, in pieces of any size, unpacked bytes out to a sink. One for each stream; one thread at a time.
//
// Members (frames) may follow one another; the lengths and checksums that they carry are compared. On damage, everything that
// came out before it has gone to the sink. Takes memory for the format's window only, whatever the bytes claim.
#pragma once

#include "core/base/result.h"
#include "core/unpack/packing.h"

#include <QByteArray>
#include <QByteArrayView>

#include <cstdint>
#include <functional>
#include <memory>

namespace keyloupe {

/// Takes unpacked bytes; its error ends the unpacking and is given back as it is.
using ByteSink = std::function<Result<void>(QByteArrayView)>;

class Unpacker
{
public:
    /// Null for Packing::None.
    static std::unique_ptr<Unpacker> make(Packing packing, ByteSink sink);
    virtual ~Unpacker() = default;
    Unpacker(const Unpacker &) = delete;
    Unpacker &operator=(const Unpacker &) = delete;

    /// All of the bytes. Corrupt where they are damaged and Unsupported where this build cannot read them, with the offset in
    /// the compressed bytes. Call nothing any more after an error.
    Result<void> feed(QByteArrayView bytes);
    /// There is no more: Corrupt when a member is not complete.
    Result<void> finish();

    std::int64_t bytesIn() const { return m_in; }
    std::int64_t bytesOut() const { return m_out; }

protected:
    struct Step
    {
        qsizetype taken = 0;
        bool ended = false; ///< the member is complete; what follows is another one
    };

    Unpacker(Packing packing, ByteSink sink) : m_packing(packing), m_sink(std::move(sink)) { }

    virtual Result<void> begin() = 0;                      ///< of a member
    virtual Result<Step> step(QByteArrayView bytes) = 0;   ///< never called with nothing; takes something unless it ended
    Result<void> emitBytes(QByteArrayView bytes);
    Error damaged(const QString &why, qsizetype taken = 0) const; ///< behind so many bytes of this step

    static constexpr qsizetype kOutBytes = 256 * 1024;

private:
    bool beginsMember(QByteArrayView bytes) const;
    Result<qsizetype> between(QByteArrayView bytes);
    Result<qsizetype> inside(QByteArrayView bytes);

    Packing m_packing;
    ByteSink m_sink;
    QByteArray m_magic;     // of the next member, as far as it has come
    bool m_inside = false;
    bool m_first = true;
    std::int64_t m_in = 0;
    std::int64_t m_out = 0;
};

// One for each format, in a file of its own.
std::unique_ptr<Unpacker> makeGzipUnpacker(ByteSink sink);
std::unique_ptr<Unpacker> makeZstdUnpacker(ByteSink sink);
std::unique_ptr<Unpacker> makeLz4Unpacker(ByteSink sink);

} // namespace keyloupe
