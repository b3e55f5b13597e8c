// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rdb/crc64.h"

#include <QtTest>

using namespace keyloupe;

namespace {

// The definition, bit by bit: the oracle for the fast ones.
std::uint64_t slowCrc(std::uint64_t crc, QByteArrayView bytes)
{
    for (const char c : bytes) {
        crc ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x95ac9329ac4bc9b5ull : crc >> 1;
    }
    return crc;
}

} // namespace

class TestCrc64 : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void hasTheCheckValue() { QCOMPARE(crc64(0, QByteArrayView("123456789")), 0xe9c6d914c4b8d9caull); }

    // Every length and alignment around the block sizes of the fast paths.
    void equalsTheDefinition()
    {
        QByteArray bytes;
        for (int i = 0; i < 1200; ++i)
            bytes.append(char((i * 131 + (i >> 3)) & 0xff));
        for (qsizetype start = 0; start < 17; ++start) {
            for (qsizetype length = 0; length <= 1100; length += length < 300 ? 1 : 37) {
                const QByteArrayView part = QByteArrayView(bytes).sliced(start, length);
                if (crc64(0x1234, part) != slowCrc(0x1234, part))
                    QFAIL(qPrintable(QStringLiteral("start %1 length %2").arg(start).arg(length)));
            }
        }
    }

    void continuesOverPieces()
    {
        const QByteArray bytes(5000, 'k');
        for (qsizetype cut = 0; cut <= bytes.size(); cut += 111)
            QCOMPARE(crc64(crc64(0, QByteArrayView(bytes).first(cut)), QByteArrayView(bytes).sliced(cut)), crc64(0, bytes));
    }
};

QTEST_GUILESS_MAIN(TestCrc64)
#include "tst_crc64.moc"
