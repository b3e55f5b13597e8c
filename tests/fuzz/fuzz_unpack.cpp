// SPDX-License-Identifier: GPL-3.0-or-later
//
// gzip, zstd and lz4: arbitrary bytes behind a magic, and sound files with bytes changed. Nothing may crash, hang or take memory;
// what comes out must not depend on the pieces that the bytes come in; and a sound file must give back what was packed.
#include "core/unpack/unpacker.h"
#include "tests/fuzz/checks.h"
#include "tests/support/pack_bytes.h"

#include <cstddef>
#include <cstdint>

using namespace keyloupe;

namespace {

constexpr qsizetype kMostOut = 4 << 20; // a bomb is no find

struct Outcome
{
    QByteArray out;
    bool ok = true;
    bool isFull = false;
};

Outcome unpack(Packing packing, QByteArrayView bytes, qsizetype pieceSize)
{
    Outcome outcome;
    const auto unpacker = Unpacker::make(packing, [&](QByteArrayView piece) -> Result<void> {
        outcome.out.append(piece.data(), piece.size());
        outcome.isFull = outcome.out.size() > kMostOut;
        return outcome.isFull ? Result<void>(Error{Errc::LimitExceeded, {}, -1, {}}) : Result<void>();
    });
    Result<void> result;
    for (qsizetype at = 0; at < bytes.size() && result.ok(); at += pieceSize)
        result = unpacker->feed(bytes.sliced(at, std::min(pieceSize, bytes.size() - at)));
    if (result.ok())
        result = unpacker->finish();
    outcome.ok = result.ok();
    if (!result.ok()) {
        const Errc code = result.error().code;
        fuzz::require(code == Errc::Corrupt || code == Errc::Unsupported || code == Errc::LimitExceeded, "an error of a known kind");
        fuzz::require(result.error().offset <= bytes.size(), "an offset inside the input");
    }
    fuzz::require(unpacker->bytesOut() == outcome.out.size(), "what came out was counted");
    return outcome;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size < 4)
        return 0;
    const QByteArrayView rest(data + 3, qsizetype(size) - 3);
    constexpr Packing kPackings[] = {Packing::Gzip, Packing::Zstd, Packing::Lz4};
    const Packing packing = kPackings[data[0] % 3];
    const bool packsItself = (data[0] & 0x10) != 0;
    const int changes = (data[0] >> 5) & 3;

    QByteArray bytes = rest.toByteArray();
    static_cast<void>(packingOf(bytes));
    static_cast<void>(claimedSize(packing, bytes));
    static_cast<void>(knownWrapping(bytes));
    if (packsItself) {
        test::PackOptions options;
        options.flushEvery = (data[1] & 3) == 0 ? 0 : 50 * (data[1] & 3);
        options.claimSize = (data[1] & 4) != 0;
        options.checksum = (data[1] & 8) != 0;
        bytes = test::packed(packing, bytes, options).bytes;
        // Where and what is taken from the input, so that the fuzzer finds its way.
        for (int i = 0; i < changes; ++i) {
            const qsizetype at = (data[2] * (i + 1) * 37) % bytes.size();
            bytes[at] = static_cast<char>(bytes[at] ^ static_cast<char>(rest[i % rest.size()] | 1));
        }
    } else {
        bytes.prepend(packing == Packing::Gzip ? "\x1f\x8b\x08" : packing == Packing::Zstd ? "\x28\xb5\x2f\xfd" : "\x04\x22\x4d\x18");
    }
    const Outcome whole = unpack(packing, bytes, bytes.size());
    if (packsItself && changes == 0)
        fuzz::require(whole.ok && whole.out == rest, "a sound file gives back what was packed");
    const Outcome pieces = unpack(packing, bytes, 1 + data[1] / 16);
    fuzz::require(whole.ok == pieces.ok || whole.isFull || pieces.isFull, "pieces end as the whole does");
    if (!whole.isFull && !pieces.isFull && whole.ok)
        fuzz::require(whole.out == pieces.out, "pieces give what the whole gives");
    return 0;
}
