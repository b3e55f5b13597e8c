// SPDX-License-Identifier: GPL-3.0-or-later
//
// Hostile values: the corrupt payloads of valkey's own tests, which stay outside the project (skipped, and said so, where they
// are absent), and some made here. Each goes through the scanner and the decoder, and through the engine twice: by RESTORE,
// and as a file with one key. Each is either refused with a place and a reason, or a value that answers every command.
#include "core/engine/engine.h"
#include "core/engine/snapshot.h"
#include "core/rdb/crc64.h"
#include "tests/support/check_rdb.h"
#include "core/rdb/rdb_writer.h"
#include "core/rdb/value_decoder.h"
#include "tests/unit/rdb/rdb_listing.h"

#include <QTemporaryDir>
#include <QtEndian>

using namespace keyloupe;
using namespace keyloupe::test;

namespace {

constexpr qsizetype kFooter = 10;

// The same payload with the checksum that its bytes have: the tests of servers switch the check off instead.
QByteArray withChecksum(QByteArray payload)
{
    const quint64 sum = crc64(0, QByteArrayView(payload).chopped(8));
    qToLittleEndian(sum, payload.data() + payload.size() - 8);
    return payload;
}

QByteArray fileOf(const QByteArray &payload)
{
    const auto version = qFromLittleEndian<quint16>(payload.constData() + payload.size() - kFooter);
    const QByteArray magic = version >= 80 ? "VALKEY" + QByteArray::number(version).rightJustified(3, '0') : "REDIS" + QByteArray::number(version).rightJustified(4, '0');
    return magic + payload.first(1) + QByteArray("\x01k") + payload.sliced(1).chopped(kFooter) + '\xff' + QByteArray(8, '\0');
}

// Every command that reads, of any type: those of another type answer WRONGTYPE.
const QList<Command> &readingCommands()
{
    static const QList<Command> all{
        {"TYPE", "k"}, {"OBJECT", "ENCODING", "k"}, {"MEMORY", "USAGE", "k"}, {"DUMP", "k"}, {"PTTL", "k"}, {"GET", "k"}, {"STRLEN", "k"},
        {"LRANGE", "k", "0", "-1"}, {"LLEN", "k"}, {"LINDEX", "k", "-1"}, {"SMEMBERS", "k"}, {"SCARD", "k"}, {"SSCAN", "k", "0"},
        {"SRANDMEMBER", "k", "-5"}, {"SDIFF", "k", "none"}, {"ZRANGE", "k", "0", "-1", "WITHSCORES"}, {"ZCARD", "k"}, {"ZSCAN", "k", "0"},
        {"HGETALL", "k"}, {"HLEN", "k"}, {"HSCAN", "k", "0"}, {"HRANDFIELD", "k", "-5", "WITHVALUES"}, {"XRANGE", "k", "-", "+"},
        {"XREVRANGE", "k", "+", "-"}, {"XLEN", "k"}, {"XINFO", "STREAM", "k", "FULL"}, {"XINFO", "GROUPS", "k"}, {"XREAD", "STREAMS", "k", "0"},
        {"SORT", "k", "BY", "nosort"}, {"COPY", "k", "copy"}, {"SCAN", "0", "COUNT", "100"}};
    return all;
}

// Commands that ran without an error.
int readAll(Engine &engine)
{
    const auto client = engine.connect();
    int answered = 0;
    for (const Command &command : readingCommands())
        answered += engine.execute(*client, command).isError() ? 0 : 1;
    return answered;
}

QByteArray payloadOf(int rdbType, int version, const QByteArray &value)
{
    QByteArray payload(1, char(rdbType));
    payload += value;
    payload += char(version);
    return payload + QByteArray(9, '\0');
}

// A raw string of the file format, below 64 bytes.
QByteArray text(const QByteArray &bytes)
{
    return char(bytes.size()) + bytes;
}

// A listpack of elements that are given with their encoding but without their back-length.
QByteArray listpack(const QByteArrayList &elements)
{
    QByteArray body;
    for (const QByteArray &element : elements)
        body += element + char(element.size());
    QByteArray head(6, '\0');
    qToLittleEndian(quint32(body.size() + 7), head.data());
    qToLittleEndian(quint16(elements.size()), head.data() + 4);
    return head + body + '\xff';
}

QByteArray intset(const QList<qint16> &members)
{
    QByteArray blob = QByteArray("\2\0\0\0", 4) + char(members.size()) + QByteArray(3, '\0');
    for (const qint16 member : members)
        blob += QByteArray(1, char(member)) + char(member >> 8);
    return blob;
}

// A stream of type 21: one entry 1-1 {f: v}, `entries` as its count, and the groups' bytes.
QByteArray stream(char entries, const QByteArray &groups, char lastSeq = 1)
{
    const QByteArray id = QByteArray(7, '\0') + '\1' + QByteArray(7, '\0') + '\1';
    const auto number = [](int n) { return QByteArray(1, char(n)); };
    const QByteArray node = listpack({number(1), number(0), number(1), "\x81""f", number(0), number(2), number(0), number(0), "\x81v", number(4)});
    return '\1' + text(id) + text(node) + entries + '\1' + lastSeq + QByteArray("\1\1\0\0\1", 5) + groups;
}

// One group "g" with the entry 1-1 pending, and consumers that each own it as often as is said.
QByteArray group(const QList<std::pair<QByteArray, int>> &consumers)
{
    const QByteArray id = QByteArray(7, '\0') + '\1' + QByteArray(7, '\0') + '\1';
    QByteArray out = '\1' + text("g") + QByteArray("\1\1\1\1", 4) + id + QByteArray(8, '\0') + '\1' + char(consumers.size());
    for (const auto &[name, owned] : consumers)
        out += text(name) + QByteArray(16, '\0') + char(owned) + id.repeated(owned);
    return out;
}

} // namespace

class TestCorruptPayloads : public QObject
{
    Q_OBJECT

private:
    int m_refused = 0;
    int m_sound = 0;

private Q_SLOTS:
    void cleanupTestCase() { qInfo("%d payloads refused, %d sound", m_refused, m_sound); }

    void payload_data();
    void payload()
    {
        QFETCH(QByteArray, payload);
        QFETCH(bool, isSound);
        if (payload.isEmpty())
            QSKIP("the corpora are not on this machine");
        payload = withChecksum(payload);
        const Result<DecodedValue> decoded = decodeDumpPayload(payload);
        if (!decoded.ok()) {
            QVERIFY(decoded.error().offset >= 0 && decoded.error().offset <= payload.size());
            QVERIFY(!decoded.error().message.isEmpty());
        }
        QVERIFY2(decoded.ok() == isSound, decoded.ok() ? "it decodes" : qPrintable(describe(decoded.error())));
        ++(decoded.ok() ? m_sound : m_refused);

        // In a file the walk may not find the end, or find the damage, or leave it to the deep check; no other way.
        const QByteArray image = fileOf(payload);
        const Result<Listing> listing = list(image);
        QVERIFY(listing.ok());
        const Result<RdbSummary> deep = checkRdb(image);
        QVERIFY(deep.ok());
        QCOMPARE(deep->isSound(), isSound);
        for (const RdbDamage &damage : deep->damage)
            QVERIFY(damage.offset >= 0 && damage.offset <= image.size() && !damage.reason.isEmpty());

        Engine restored([] { return 1'700'000'000'000; });
        const auto client = restored.connect();
        QCOMPARE(restored.execute(*client, {"RESTORE", "k", "0", payload}).isError(), !isSound);
        const int answered = readAll(restored);
        if (!isSound)
            QCOMPARE(restored.execute(*client, {"EXISTS", "k"}).integer, 0);

        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("one.rdb"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(image) == image.size());
        file.close();
        const auto snapshot = Snapshot::open(path);
        QVERIFY(snapshot.ok());
        Engine opened(*snapshot);
        const int fromFile = readAll(opened);
        if (isSound)
            QCOMPARE(fromFile, answered);
        // Nothing is written that does not read back; without the key there is nothing wrong any more.
        const QString saved = folder.filePath(QStringLiteral("saved.rdb"));
        if (const auto report = opened.save(saved); !report.ok())
            QVERIFY(!isSound && !report.error().message.isEmpty() && !QFile::exists(saved));
        opened.execute(*opened.connect(), {"DEL", "k", "copy"});
        QVERIFY(opened.save(saved).ok());
    }
};

void TestCorruptPayloads::payload_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<bool>("isSound");
    const auto row = [](const char *name, bool isSound, int rdbType, const QByteArray &value) { QTest::newRow(name) << payloadOf(rdbType, 11, value) << isSound; };
    const QByteArray one(1, '\1');
    row("a string", true, 0, text("abc"));
    row("a string of 2^62 bytes", false, 0, QByteArray("\x81\x40\0\0\0\0\0\0\0", 9) + "abc");
    row("LZF that gives too little", false, 0, QByteArray("\xc3\2\5\0a", 5));
    row("LZF that claims 4 GB", false, 0, QByteArray("\xc3\2\x80\xff\xff\xff\xff\0a", 9));
    row("a list of 2^60 strings", false, 1, QByteArray("\x81\x10\0\0\0\0\0\0\0", 9) + text("abc"));
    row("a set with a member twice", false, 2, '\2' + text("abc") + text("abc"));
    row("a score that is not a number", false, 5, one + text("abc") + QByteArray("\0\0\0\0\0\0\xf8\x7f", 8));
    row("a zipmap with a long length without need", false, 9, text(QByteArray("\1\xfe\1\0\0\0a\1\0b\xff", 11)));
    row("an intset", true, 11, text(intset({-5, 1, 300})));
    row("an intset out of order", false, 11, text(intset({1, -5, 300})));
    row("an empty intset", false, 11, text(intset({})));
    row("a hash listpack", true, 16, text(listpack({"\x81""f", "\x81v"})));
    row("a hash listpack with a field alone", false, 16, text(listpack({"\x81""f"})));
    row("a listpack with a back-length too large", false, 20, text(listpack({"\x81""f"}).replace(8, 1, "\3")));
    row("a sorted set's listpack with a text score", false, 17, text(listpack({"\x81""f", "\x81v"})));
    row("a plain list node", true, 18, one + one + text("abc"));
    row("an empty plain list node", false, 18, one + one + text({}));
    row("a list node of an unknown kind", false, 18, one + '\3' + text("abc"));
    row("a stream", true, 21, stream(1, one + group({{"a", 1}, {"b", 0}})));
    row("a stream that counts wrong", false, 21, stream(2, QByteArray(1, '\0')));
    row("a stream whose last id is below its entry", false, 21, stream(1, QByteArray(1, '\0'), 0));
    row("a consumer twice", false, 21, stream(1, one + group({{"a", 1}, {"a", 0}})));
    row("a pending entry twice", false, 21, stream(1, one + group({{"a", 2}})));
    row("a pending entry with two consumers", false, 21, stream(1, one + group({{"a", 1}, {"b", 1}})));
    row("a group twice", false, 21, stream(1, '\2' + group({{"a", 1}}) + group({{"a", 1}})));

    // Two of these were made to be read with the checksum of another payload, or beside a bad one: they are sound themselves.
    const QStringList sound{QStringLiteral("030.dump"), QStringLiteral("074.dump")};
    for (const QString &path : filesBelow({kCorpora + QStringLiteral("/valkey-corrupt")}, QStringLiteral("*.dump")))
        QTest::newRow(qPrintable(path.section(QLatin1Char('/'), -2))) << readFile(path) << sound.contains(path.section(QLatin1Char('/'), -1));
    if (!haveCorpora())
        QTest::newRow("corpora") << QByteArray() << false;
}

QTEST_GUILESS_MAIN(TestCorruptPayloads)
#include "tst_corrupt_payloads.moc"
