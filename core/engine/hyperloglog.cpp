// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/hyperloglog.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

namespace keyloupe::hll {
namespace {

constexpr int kIndexBits = 14;
constexpr int kRankBits = 64 - kIndexBits; // bits of the hash that are looked through for the first one
constexpr qsizetype kHeader = 16;
constexpr qsizetype kEncodingAt = 4;
constexpr qsizetype kCountAt = 8;
constexpr qsizetype kDenseSize = kHeader + kRegisters * 6 / 8;
constexpr qsizetype kSparseMax = 3000; // hll-sparse-max-bytes
constexpr int kMaxSparseValue = 32;
constexpr int kMaxValueRun = 4;
constexpr int kMaxZeroRun = 64;

int byteAt(const QByteArray &bytes, qsizetype i)
{
    return static_cast<unsigned char>(bytes[i]);
}

// One run of the sparse form: 00nnnnnn zeros, 01nnnnnn nnnnnnnn many zeros, 1vvvvvnn a value.
struct Run
{
    qsizetype size = 1; ///< bytes it takes
    int length = 0;     ///< registers it covers
    int value = 0;      ///< 0: zeros
    bool wide = false;
};

Run runAt(const QByteArray &bytes, qsizetype at)
{
    const int byte = byteAt(bytes, at);
    if (byte & 0x80)
        return {1, (byte & 0x3) + 1, (byte >> 2 & 0x1f) + 1, false};
    if (byte & 0x40) {
        const int low = at + 1 < bytes.size() ? byteAt(bytes, at + 1) : 0;
        return {2, ((byte & 0x3f) << 8 | low) + 1, 0, true};
    }
    return {1, (byte & 0x3f) + 1, 0, false};
}

void appendValue(QByteArray &out, int value, int length)
{
    out.append(static_cast<char>(0x80 | (value - 1) << 2 | (length - 1)));
}

void appendZeros(QByteArray &out, int length)
{
    if (length <= kMaxZeroRun) {
        out.append(static_cast<char>(length - 1));
        return;
    }
    out.append(static_cast<char>(0x40 | (length - 1) >> 8));
    out.append(static_cast<char>((length - 1) & 0xff));
}

// Calls fn(first register, run) for each run; false when they do not cover the registers exactly.
template <typename Fn>
bool walkSparse(const QByteArray &bytes, Fn fn)
{
    int covered = 0;
    for (qsizetype at = kHeader; at < bytes.size();) {
        const Run run = runAt(bytes, at);
        if (covered + run.length > kRegisters || at + run.size > bytes.size())
            return false;
        fn(covered, run);
        covered += run.length;
        at += run.size;
    }
    return covered == kRegisters;
}

std::uint8_t denseRegister(const QByteArray &bytes, int index)
{
    const int bit = index * 6;
    const qsizetype at = kHeader + bit / 8;
    const int shift = bit & 7;
    int value = byteAt(bytes, at) >> shift;
    if (shift > 2)
        value |= byteAt(bytes, at + 1) << (8 - shift);
    return static_cast<std::uint8_t>(value & 0x3f);
}

void setDenseRegister(QByteArray &bytes, int index, int value)
{
    const int bit = index * 6;
    const qsizetype at = kHeader + bit / 8;
    const int shift = bit & 7;
    bytes[at] = static_cast<char>((byteAt(bytes, at) & ~(0x3f << shift)) | value << shift);
    if (shift > 2)
        bytes[at + 1] = static_cast<char>((byteAt(bytes, at + 1) & ~(0x3f >> (8 - shift))) | value >> (8 - shift));
}

// MurmurHash64A by Austin Appleby (public domain), little endian on every machine.
std::uint64_t murmur(QByteArrayView data)
{
    constexpr std::uint64_t m = 0xc6a4a7935bd1e995ull;
    constexpr int r = 47;
    std::uint64_t h = 0xadc83b19ull ^ (static_cast<std::uint64_t>(data.size()) * m);
    const auto byte = [&](qsizetype i) { return static_cast<std::uint64_t>(static_cast<unsigned char>(data[i])); };
    const qsizetype whole = data.size() & ~qsizetype(7);
    for (qsizetype i = 0; i < whole; i += 8) {
        std::uint64_t k = 0;
        for (int b = 7; b >= 0; --b)
            k = k << 8 | byte(i + b);
        k *= m;
        k ^= k >> r;
        k *= m;
        h ^= k;
        h *= m;
    }
    if (whole < data.size()) {
        for (qsizetype i = whole; i < data.size(); ++i)
            h ^= byte(i) << (8 * (i - whole));
        h *= m;
    }
    h ^= h >> r;
    h *= m;
    h ^= h >> r;
    return h;
}

// Runs of one value beside each other become one where it fits, within a few runs from `at` on: what a change can have
// brought together.
void joinRuns(QByteArray &bytes, qsizetype at)
{
    for (int steps = 5; at < bytes.size() && steps > 0; --steps) {
        const Run run = runAt(bytes, at);
        if (run.value == 0) {
            at += run.size;
            continue;
        }
        if (at + 1 < bytes.size()) {
            const Run next = runAt(bytes, at + 1);
            if (next.value == run.value && run.length + next.length <= kMaxValueRun) {
                QByteArray joined;
                appendValue(joined, run.value, run.length + next.length);
                bytes.replace(at, 2, joined);
                continue; // perhaps with the one behind, too
            }
        }
        ++at;
    }
}

Added promote(QByteArray &bytes, int index, std::uint8_t count)
{
    if (!toDense(bytes))
        return Added::Corrupt;
    return setRegister(bytes, index, count);
}

Added setSparse(QByteArray &bytes, int index, std::uint8_t count)
{
    if (count > kMaxSparseValue)
        return promote(bytes, index, count);
    // The run that covers the register.
    qsizetype at = kHeader;
    qsizetype before = kHeader;
    int first = 0;
    Run run;
    for (; at < bytes.size(); at += run.size) {
        run = runAt(bytes, at);
        if (index < first + run.length)
            break;
        first += run.length;
        before = at;
    }
    if (at >= bytes.size() || at + run.size > bytes.size())
        return Added::Corrupt;
    if (run.value >= count)
        return Added::No;

    QByteArray instead;
    const auto rest = [&](int length) {
        if (length > 0 && run.value > 0)
            appendValue(instead, run.value, length);
        else if (length > 0)
            appendZeros(instead, length);
    };
    rest(index - first);
    appendValue(instead, count, 1);
    rest(first + run.length - 1 - index);
    const qsizetype growth = instead.size() - run.size;
    if (growth > 0 && bytes.size() + growth > kSparseMax)
        return promote(bytes, index, count);
    bytes.replace(at, run.size, instead);
    joinRuns(bytes, before);
    forgetCount(bytes);
    return Added::Yes;
}

// Otmar Ertl, "New cardinality estimation algorithms for HyperLogLog sketches", the improved raw estimator.
double sigma(double x)
{
    if (x == 1.0)
        return std::numeric_limits<double>::infinity();
    double before = 0;
    double y = 1;
    double z = x;
    do {
        x *= x;
        before = z;
        z += x * y;
        y += y;
    } while (before != z);
    return z;
}

double tau(double x)
{
    if (x == 0.0 || x == 1.0)
        return 0;
    double before = 0;
    double y = 1;
    double z = 1 - x;
    do {
        x = std::sqrt(x);
        before = z;
        y *= 0.5;
        z -= (1 - x) * (1 - x) * y;
    } while (before != z);
    return z / 3;
}

using Histogram = std::array<int, 64>;

std::uint64_t estimate(const Histogram &histogram)
{
    constexpr double m = kRegisters;
    constexpr double kAlpha = 0.721347520444481703680; // 0.5 / ln 2
    double z = m * tau((m - histogram[kRankBits + 1]) / m);
    for (std::size_t j = kRankBits; j >= 1; --j) {
        z += histogram[j];
        z *= 0.5;
    }
    z += m * sigma(histogram[0] / m);
    return static_cast<std::uint64_t>(std::llround(kAlpha * m * m / z));
}

} // namespace

QByteArray make()
{
    QByteArray bytes(kHeader, '\0');
    std::memcpy(bytes.data(), "HYLL", 4);
    bytes[kEncodingAt] = 1;
    appendZeros(bytes, kRegisters);
    return bytes;
}

bool isDense(const QByteArray &bytes)
{
    return bytes[kEncodingAt] == 0;
}

bool isHyperLogLog(const QByteArray &bytes)
{
    if (bytes.size() < kHeader || !bytes.startsWith("HYLL") || byteAt(bytes, kEncodingAt) > 1)
        return false;
    return !isDense(bytes) || bytes.size() == kDenseSize;
}

Added setRegister(QByteArray &bytes, int index, std::uint8_t count)
{
    if (!isDense(bytes))
        return setSparse(bytes, index, count);
    if (denseRegister(bytes, index) >= count)
        return Added::No;
    setDenseRegister(bytes, index, count);
    return Added::Yes;
}

Added add(QByteArray &bytes, QByteArrayView element)
{
    const std::uint64_t hash = murmur(element);
    const int index = static_cast<int>(hash & (kRegisters - 1));
    std::uint64_t rest = hash >> kIndexBits | 1ull << kRankBits; // ends the search below
    std::uint8_t rank = 1;
    for (; (rest & 1) == 0; rest >>= 1)
        ++rank;
    return setRegister(bytes, index, rank);
}

bool toDense(QByteArray &bytes)
{
    if (isDense(bytes))
        return true;
    QByteArray dense(kDenseSize, '\0');
    std::copy_n(bytes.constData(), kHeader, dense.data());
    dense[kEncodingAt] = 0;
    const bool sound = walkSparse(bytes, [&](int first, const Run &run) {
        for (int i = first; run.value > 0 && i < first + run.length; ++i)
            setDenseRegister(dense, i, run.value);
    });
    if (sound)
        bytes = dense;
    return sound;
}

void forgetCount(QByteArray &bytes)
{
    bytes[kCountAt + 7] = static_cast<char>(byteAt(bytes, kCountAt + 7) | 0x80);
}

std::optional<std::uint64_t> cachedCount(const QByteArray &bytes)
{
    if (byteAt(bytes, kCountAt + 7) & 0x80)
        return std::nullopt;
    std::uint64_t count = 0;
    for (int i = 7; i >= 0; --i)
        count = count << 8 | static_cast<std::uint64_t>(byteAt(bytes, kCountAt + i));
    return count;
}

void cacheCount(QByteArray &bytes, std::uint64_t count)
{
    for (int i = 0; i < 8; ++i)
        bytes[kCountAt + i] = static_cast<char>(count >> (8 * i) & 0xff);
}

std::optional<std::uint64_t> count(const QByteArray &bytes)
{
    Histogram histogram{};
    if (isDense(bytes)) {
        for (int i = 0; i < kRegisters; ++i)
            ++histogram[denseRegister(bytes, i)];
    } else if (!walkSparse(bytes, [&](int, const Run &run) { histogram[static_cast<std::size_t>(run.value)] += run.length; })) {
        return std::nullopt;
    }
    return estimate(histogram);
}

std::uint64_t count(const Registers &registers)
{
    Histogram histogram{};
    for (const std::uint8_t value : registers)
        ++histogram[value & 0x3f];
    return estimate(histogram);
}

bool merge(Registers &into, const QByteArray &bytes)
{
    if (isDense(bytes)) {
        for (int i = 0; i < kRegisters; ++i)
            into[static_cast<std::size_t>(i)] = std::max(into[static_cast<std::size_t>(i)], denseRegister(bytes, i));
        return true;
    }
    return walkSparse(bytes, [&](int first, const Run &run) {
        for (int i = first; i < first + run.length; ++i)
            into[static_cast<std::size_t>(i)] = std::max(into[static_cast<std::size_t>(i)], static_cast<std::uint8_t>(run.value));
    });
}

} // namespace keyloupe::hll
