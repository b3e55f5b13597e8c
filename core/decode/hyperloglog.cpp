// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decode/hyperloglog.h"

#include <cmath>
#include <limits>

namespace keyloupe {
namespace {

constexpr qsizetype kHeader = 16;
constexpr int kBits = 6;
constexpr int kQ = 64 - 14; // bits of the hash that the registers count zeros in
constexpr qsizetype kDenseBytes = kHeader + (HyperLogLog::kRegisters * kBits + 7) / 8;

Error damaged(qsizetype offset, const QString &what)
{
    return Error{Errc::Corrupt, what, offset, {}};
}

int byteAt(QByteArrayView bytes, qsizetype at)
{
    return static_cast<unsigned char>(bytes[at]);
}

// Registers follow each other from the lowest bit on.
Result<void> readDense(QByteArrayView bytes, HyperLogLog *out)
{
    if (bytes.size() != kDenseBytes)
        return damaged(bytes.size(), QStringLiteral("a dense HyperLogLog has %1 bytes").arg(kDenseBytes));
    for (int i = 0; i < HyperLogLog::kRegisters; ++i) {
        const qsizetype bit = qsizetype(i) * kBits;
        const qsizetype at = kHeader + bit / 8;
        const int low = byteAt(bytes, at);
        const int high = at + 1 < bytes.size() ? byteAt(bytes, at + 1) : 0;
        const int value = ((low | high << 8) >> (bit % 8)) & 63;
        if (value > kQ + 1)
            return damaged(at, QStringLiteral("register %1 holds %2, more than a hash can give").arg(i).arg(value));
        ++out->histogram[std::size_t(value)];
    }
    return {};
}

// 00xxxxxx: x+1 zeros; 01xxxxxx yyyyyyyy: xy+1 zeros; 1vvvvvxx: x+1 registers of v+1.
Result<void> readSparse(QByteArrayView bytes, HyperLogLog *out)
{
    int registers = 0;
    for (qsizetype at = kHeader; at < bytes.size(); ++at) {
        const int op = byteAt(bytes, at);
        int run = 0;
        int value = 0;
        if ((op & 0x80) != 0) {
            run = (op & 3) + 1;
            value = ((op >> 2) & 31) + 1;
        } else if ((op & 0x40) != 0) {
            if (++at == bytes.size())
                return damaged(at, QStringLiteral("the last run is cut off"));
            run = ((op & 63) << 8 | byteAt(bytes, at)) + 1;
        } else {
            run = (op & 63) + 1;
        }
        registers += run;
        if (registers > HyperLogLog::kRegisters)
            return damaged(at, QStringLiteral("the runs cover more than 16384 registers"));
        out->histogram[std::size_t(value)] += run;
    }
    if (registers != HyperLogLog::kRegisters)
        return damaged(bytes.size(), QStringLiteral("the runs cover %1 of 16384 registers").arg(registers));
    return {};
}

double tau(double x)
{
    if (x == 0. || x == 1.)
        return 0.;
    double before = 0;
    double y = 1.0;
    double z = 1 - x;
    do {
        x = std::sqrt(x);
        before = z;
        y *= 0.5;
        z -= std::pow(1 - x, 2) * y;
    } while (before != z);
    return z / 3;
}

double sigma(double x)
{
    if (x == 1.)
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

// Otmar Ertl, "New cardinality estimation algorithms for HyperLogLog sketches", 2017, algorithm 6.
std::uint64_t estimate(const std::array<int, 64> &histogram)
{
    constexpr double m = HyperLogLog::kRegisters;
    constexpr double kAlphaInf = 0.721347520444481703680;
    double z = m * tau((m - histogram[kQ + 1]) / m);
    for (int j = kQ; j >= 1; --j)
        z = 0.5 * (z + histogram[std::size_t(j)]);
    z += m * sigma(histogram[0] / m);
    constexpr auto kMost = std::uint64_t(std::numeric_limits<std::int64_t>::max());
    const double count = kAlphaInf * m * m / z; // of full registers infinite, and no set is that large
    return z > 0 && count < double(kMost) ? std::uint64_t(std::llround(count)) : kMost;
}

} // namespace

Result<HyperLogLog> decodeHyperLogLog(QByteArrayView bytes)
{
    if (bytes.size() < kHeader || !bytes.startsWith("HYLL"))
        return damaged(0, QStringLiteral("this is no HyperLogLog: it does not start with HYLL"));
    HyperLogLog out;
    const int encoding = byteAt(bytes, 4);
    if (encoding > 1)
        return damaged(4, QStringLiteral("encoding %1 of a HyperLogLog is not known").arg(encoding));
    out.sparse = encoding == 1;
    for (int i = 0; i < 8; ++i)
        out.cached |= std::uint64_t(byteAt(bytes, 8 + i)) << (8 * i);
    out.cachedIsStale = (out.cached >> 63) != 0;
    out.cached &= ~(std::uint64_t(1) << 63);
    KL_CHECK(out.sparse ? readSparse(bytes, &out) : readDense(bytes, &out));
    out.count = estimate(out.histogram);
    return out;
}

} // namespace keyloupe
