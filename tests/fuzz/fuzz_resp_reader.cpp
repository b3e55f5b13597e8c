// SPDX-License-Identifier: GPL-3.0-or-later
// Replies from a hostile server: the reader must give the same values whole and in pieces, and everything that works on
// a reply must survive what it gives.
#include "core/base/escape.h"
#include "core/resp/print.h"
#include "core/resp/reader.h"
#include "core/resp/writer.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

using namespace keyloupe;

// What a reader says about its input, as bytes, so that two ways of feeding can be compared (NaN is not equal to itself).
void drain(RespReader &reader, QByteArray *out)
{
    for (;;) {
        auto value = reader.next();
        if (!value.ok()) {
            out->append(describe(value.error()).toUtf8());
            return;
        }
        if (!*value)
            return;
        appendReply(*out, **value, 3);
        out->append(printReply(**value));
        out->append(replyToJson(**value));
        appendReply(*out, **value, 2);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArrayView bytes(data, qsizetype(size));
    const RespReader::Limits limits{64 * 1024, 4096, 4096, 32};

    RespReader whole(limits);
    QByteArray expected;
    whole.feed(bytes);
    drain(whole, &expected);

    RespReader pieces(limits);
    QByteArray got;
    const qsizetype step = size == 0 ? 1 : 1 + data[0] % 7;
    bool ended = false;
    for (qsizetype at = 0; at < bytes.size() && !ended; at += step) {
        pieces.feed(bytes.sliced(at, std::min(step, bytes.size() - at)));
        QByteArray part;
        drain(pieces, &part);
        got += part;
        ended = !pieces.next().ok();
    }
    if (got != expected)
        std::abort();

    (void)splitCommandLine(bytes);
    (void)displayText(bytes, 64);
    return 0;
}
