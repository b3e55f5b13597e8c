// SPDX-License-Identifier: GPL-3.0-or-later
//
// DUMP payloads of values that nobody here understands: taken apart into type, module and bytes, or refused.
#include "core/values/raw_value.h"

#include <QtTest>

namespace keyloupe::test {

class TestRawValue : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void takesPayloadsApart_data()
    {
        QTest::addColumn<QByteArray>("payload");
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<int>("version");
        QTest::addColumn<int>("type");
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<bool>("sound");
        const QByteArray footer(10, '\x0b');
        // "ReJSON-RL" version 3: characters of six bits, then ten of the version.
        std::uint64_t packed = 0;
        for (const char c : QByteArray("ReJSON-RL"))
            packed = packed << 6 | std::uint64_t(QByteArray("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_").indexOf(c));
        packed = packed << 10 | 3;
        QByteArray length("\x81", 1);
        for (int shift = 56; shift >= 0; shift -= 8)
            length += char(packed >> shift & 0xff);
        QTest::newRow("module") << "\x07" + length + "\x05\x02hi" + footer << QByteArray("ReJSON-RL") << 3 << 7 << QByteArray("\x05\x02hi") << true;
        QTest::newRow("module without pieces") << "\x07" + length + footer << QByteArray("ReJSON-RL") << 3 << 7 << QByteArray() << true;
        QTest::newRow("module, cut in its id") << "\x07" + length.first(4) + footer << QByteArray() << 0 << 0 << QByteArray() << false;
        QTest::newRow("unknown type") << "\x63whatever" + footer << QByteArray() << -1 << 0x63 << QByteArray("whatever") << true;
        QTest::newRow("only a footer") << footer << QByteArray() << 0 << 0 << QByteArray() << false;
        QTest::newRow("nothing") << QByteArray() << QByteArray() << 0 << 0 << QByteArray() << false;
    }
    void takesPayloadsApart()
    {
        QFETCH(QByteArray, payload);
        QFETCH(QByteArray, name);
        QFETCH(int, version);
        QFETCH(int, type);
        QFETCH(QByteArray, bytes);
        QFETCH(bool, sound);
        const Result<RawValue> value = parseRawValue(payload);
        QCOMPARE(value.ok(), sound);
        if (!sound) {
            QCOMPARE(value.error().code, Errc::Corrupt);
            return;
        }
        QCOMPARE(value->moduleName, name);
        QCOMPARE(value->encodingVersion, version);
        QCOMPARE(value->rdbType, type);
        QCOMPARE(value->bytes, bytes);
    }
};

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestRawValue)
#include "tst_raw_value.moc"
