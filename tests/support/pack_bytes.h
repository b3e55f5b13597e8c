// SPDX-License-Identifier: GPL-3.0-or-later
//
// Bytes packed for tests with the formats' own libraries, in pieces that are flushed, so that a test knows what must come out
// of a file that is cut or damaged somewhere.
#pragma once

#include "core/unpack/packing.h"

#include <QByteArray>
#include <QList>

namespace keyloupe::test {

struct PackOptions
{
    qsizetype flushEvery = 0; ///< 0: never
    bool claimSize = true;    ///< where the format leaves a choice
    bool checksum = true;     ///< the same
    int window = 0;           ///< zstd: its logarithm, 0 as usual
};

struct Flushed
{
    qsizetype packed = 0; ///< so many packed bytes …
    qsizetype plain = 0;  ///< … hold so many plain ones
};

struct Packed
{
    QByteArray bytes;
    QList<Flushed> flushed;
};

Packed packed(Packing packing, const QByteArray &plain, const PackOptions &options = {});
/// A frame that zstd and lz4 pass over.
QByteArray skippableFrame(const QByteArray &content);

} // namespace keyloupe::test
