// SPDX-License-Identifier: GPL-3.0-or-later
//
// The reader against files of real servers and what those servers themselves answered: the project's own (tests/data/rdb, by
// redis-server 7.0) and, where they are on the machine, corpora that stay outside the project (Redis 6.0 to 8.6, Valkey 9,
// old files); without those, what needs them is skipped and says so.
#include "core/base/number.h"
#include "core/rdb/value_decoder.h"
#include "tests/unit/rdb/rdb_listing.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtEndian>
#include <QtTest>

using namespace keyloupe;
using namespace keyloupe::test;

namespace {

// A value as the oracle gives it: elements, each of one or several parts.
using Items = QList<QByteArrayList>;

QByteArray idText(const StreamId &id)
{
    return QByteArray::number(qulonglong(id.ms)) + '-' + QByteArray::number(qulonglong(id.seq));
}

Items itemsOf(const Value &value)
{
    Items items;
    if (const auto *list = std::get_if<ListValue>(&value)) {
        for (const QByteArray &item : list->items)
            items.append({item});
    } else if (const auto *set = std::get_if<SetValue>(&value)) {
        for (const QByteArray &member : set->members)
            items.append({member});
        std::sort(items.begin(), items.end());
    } else if (const auto *zset = std::get_if<SortedSetValue>(&value)) {
        for (const ScoredMember &item : zset->members)
            items.append({item.member, formatDouble(item.score)});
    } else if (const auto *hash = std::get_if<HashValue>(&value)) {
        for (const HashField &field : hash->fields)
            items.append({field.field, field.value, QByteArray::number(qint64(field.expireAtMs))});
        std::sort(items.begin(), items.end());
    } else if (const auto *stream = std::get_if<StreamValue>(&value)) {
        for (const StreamEntry &entry : stream->entries) {
            QByteArrayList parts{idText(entry.id)};
            for (const auto &[name, content] : entry.fields)
                parts << name << content;
            items.append(parts);
        }
    }
    return items;
}

bool sameBytes(const QByteArray &bytes, const QJsonValue &expected)
{
    if (expected.isString())
        return bytes == QByteArray::fromBase64(expected.toString().toLatin1());
    if (expected.isDouble())
        return bytes == QByteArray::number(qint64(expected.toDouble()));
    if (expected.isNull())
        return bytes == "-1"; // no expiry of a field
    const QJsonObject hashed = expected.toObject();
    return bytes.size() == hashed.value(QStringLiteral("len")).toInteger()
            && QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex() == hashed.value(QStringLiteral("sha256")).toString().toLatin1();
}

QString difference(const Value &value, const QJsonValue &expected)
{
    if (const auto *string = std::get_if<QByteArray>(&value))
        return sameBytes(*string, expected) ? QString() : QStringLiteral("the string differs");
    const bool isZset = std::holds_alternative<SortedSetValue>(value);
    Items items = itemsOf(value);
    if (expected.isObject()) { // large: by hash of all parts
        if (items.size() != expected.toObject().value(QStringLiteral("count")).toInteger())
            return QStringLiteral("the count differs");
        if (isZset)
            return {}; // the text of scores differs between servers
        QCryptographicHash hash(QCryptographicHash::Sha256);
        for (const QByteArrayList &parts : items) {
            for (const QByteArray &part : parts) {
                const quint64 size = qToLittleEndian(quint64(part.size()));
                hash.addData(QByteArrayView(reinterpret_cast<const char *>(&size), sizeof size));
                hash.addData(part);
            }
        }
        return hash.result().toHex() == expected.toObject().value(QStringLiteral("sha256")).toString().toLatin1() ? QString()
                                                                                                                  : QStringLiteral("the hash differs");
    }
    const QJsonArray wanted = expected.toArray();
    if (wanted.size() != items.size())
        return QStringLiteral("%1 elements instead of %2").arg(items.size()).arg(wanted.size());
    for (qsizetype i = 0; i < items.size(); ++i) {
        const QJsonArray parts = wanted[i].isArray() ? wanted[i].toArray() : QJsonArray{wanted[i]};
        if (parts.size() != items[i].size())
            return QStringLiteral("element %1 has %2 parts instead of %3").arg(i).arg(items[i].size()).arg(parts.size());
        for (qsizetype p = 0; p < parts.size(); ++p) {
            const bool isScore = isZset && p == 1;
            const bool same = isScore ? parseDouble(items[i][p]) == parseDouble(QByteArray::fromBase64(parts[p].toString().toLatin1()))
                                      : sameBytes(items[i][p], parts[p]);
            if (!same)
                return QStringLiteral("element %1 part %2: %3").arg(i).arg(p).arg(QString::fromLatin1(items[i][p].left(60)));
        }
    }
    return {};
}

// Of a stream, what XINFO and XPENDING told beside its entries.
QString streamDifference(const StreamValue &stream, const QJsonObject &expected)
{
    const auto text = [&](const char *name) { return expected.value(QLatin1String(name)).toString().toLatin1(); };
    if (idText(stream.lastId) != text("last") || idText(stream.maxDeletedId) != text("deleted")
        || qint64(stream.entriesAdded) != expected.value(QStringLiteral("added")).toInteger())
        return QStringLiteral("the ids or counters of the stream differ");
    std::vector<StreamGroup> groups = stream.groups;
    std::sort(groups.begin(), groups.end(), [](const StreamGroup &a, const StreamGroup &b) { return a.name.toBase64() < b.name.toBase64(); });
    QJsonArray found;
    for (const StreamGroup &group : groups) {
        QMap<StreamId, QByteArray> owners;
        QStringList names;
        for (const StreamConsumer &consumer : group.consumers) {
            names.append(QString::fromLatin1(consumer.name.toBase64()));
            for (const StreamId &id : consumer.pending)
                owners.insert(id, consumer.name);
        }
        names.sort();
        QJsonArray pending;
        for (const StreamPending &entry : group.pending)
            pending.append(QJsonArray{QString::fromLatin1(idText(entry.id)), QString::fromLatin1(owners.value(entry.id).toBase64()), qint64(entry.deliveries)});
        found.append(QJsonObject{{QStringLiteral("name"), QString::fromLatin1(group.name.toBase64())},
                                 {QStringLiteral("last"), QString::fromLatin1(idText(group.lastDelivered))},
                                 {QStringLiteral("read"), group.entriesRead < 0 ? QJsonValue(QJsonValue::Null) : QJsonValue(qint64(group.entriesRead))},
                                 {QStringLiteral("pending"), pending},
                                 {QStringLiteral("consumers"), QJsonArray::fromStringList(names)}});
    }
    const QJsonArray wanted = expected.value(QStringLiteral("groups")).toArray();
    return found == wanted ? QString() : QString::fromUtf8(QJsonDocument(found).toJson(QJsonDocument::Compact));
}

} // namespace

class TestRdbFiles : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void ownFilesAreThere() { QVERIFY(filesBelow({kOwn}).size() >= 13); }

    void readsWhatTheServerSaid_data()
    {
        QStringList paths = filesBelow({kOwn, kCorpora + QStringLiteral("/servers")});
        paths.removeIf([](const QString &path) { return !QFile::exists(QString(path).replace(QStringLiteral(".rdb"), QStringLiteral(".expect.json"))); });
        fileRows(paths);
    }
    void readsWhatTheServerSaid()
    {
        QFETCH(QString, path);
        if (path.isEmpty())
            QSKIP("the corpora are not on this machine");
        const QByteArray image = readFile(path);
        const QJsonObject expect = QJsonDocument::fromJson(readFile(QString(path).replace(QStringLiteral(".rdb"), QStringLiteral(".expect.json")))).object();
        Result<Listing> listed = list(image);
        QVERIFY(listed.ok());
        QVERIFY2(listed->summary.damage.empty(), listed->summary.damage.empty() ? "" : qPrintable(listed->summary.damage.front().reason));
        QVERIFY(listed->summary.reachedEof);
        QCOMPARE(listed->summary.checksum, path.contains(QLatin1String("nochecksum")) ? ChecksumState::Absent : ChecksumState::Good);

        QMap<std::pair<int, QByteArray>, const ListedKey *> found;
        for (const ListedKey &key : listed->keys)
            found.insert({key.record.db, key.name}, &key);
        const QJsonArray wanted = expect.value(QStringLiteral("keys")).toArray();
        // The ttl scene's file holds one key more, whose time had come.
        const bool hasLapsed = path.endsWith(QLatin1String("/ttl.rdb"));
        QCOMPARE(qsizetype(listed->keys.size()), wanted.size() + (hasLapsed ? 1 : 0));
        for (const QJsonValue &entry : wanted) {
            const QJsonObject key = entry.toObject();
            const QByteArray name = QByteArray::fromBase64(key.value(QStringLiteral("key")).toString().toLatin1());
            const ListedKey *there = found.value({key.value(QStringLiteral("db")).toInt(), name});
            QVERIFY2(there, name.constData());
            QCOMPARE(QString::fromLatin1(valueTypeName(there->record.type)), key.value(QStringLiteral("type")).toString());
            const qint64 slack = key.value(QStringLiteral("pexpireat_approx_ms")).toInteger();
            const qint64 off = qAbs(there->record.expireAtMs - key.value(QStringLiteral("pexpireat")).toInteger());
            QVERIFY2(off <= slack, name.constData());
            Result<DecodedValue> decoded = decodeValue(there->record.rdbType, valueOf(image, there->record), listed->summary.family);
            QVERIFY2(decoded.ok(), decoded.ok() ? "" : qPrintable(describe(decoded.error())));
            QCOMPARE(decoded->consumed, there->record.valueLength);
            if (!key.contains(QStringLiteral("value")))
                continue; // the cluster scene tells type and expiry only
            const QString why = difference(decoded->value, key.value(QStringLiteral("value")));
            QVERIFY2(why.isEmpty(), qPrintable(QString::fromLatin1(name.left(80)) + QStringLiteral(": ") + why));
            if (key.contains(QStringLiteral("stream"))) {
                const QString other = streamDifference(std::get<StreamValue>(decoded->value), key.value(QStringLiteral("stream")).toObject());
                QVERIFY2(other.isEmpty(), qPrintable(QString::fromLatin1(name) + QStringLiteral(": ") + other));
            }
        }
    }

    // DUMP payloads of the same keys decode to the same values as the records of the file.
    void decodesDumpPayloads_data() { fileRows(filesBelow({kCorpora + QStringLiteral("/servers")}, QStringLiteral("*.dumps.jsonl"))); }
    void decodesDumpPayloads()
    {
        QFETCH(QString, path);
        if (path.isEmpty())
            QSKIP("the corpora are not on this machine");
        int payloads = 0;
        for (const QByteArray &line : readFile(path).split('\n')) {
            if (line.isEmpty())
                continue;
            const QJsonObject row = QJsonDocument::fromJson(line).object();
            const QByteArray payload = QByteArray::fromBase64(row.value(QStringLiteral("dump")).toString().toLatin1());
            Result<DecodedValue> decoded = decodeDumpPayload(payload);
            QVERIFY2(decoded.ok(), decoded.ok() ? "" : qPrintable(describe(decoded.error())));
            ++payloads;
        }
        QVERIFY(payloads > 0);
    }

    // Old and foreign files: every one opens; only those made to be damaged say so.
    void opensOldFiles_data() { fileRows(filesBelow({kCorpora + QStringLiteral("/librdb"), kCorpora + QStringLiteral("/redis-rdb-tools")})); }
    void opensOldFiles()
    {
        QFETCH(QString, path);
        if (path.isEmpty())
            QSKIP("the corpora are not on this machine");
        const QByteArray image = readFile(path);
        Result<Listing> listed = list(image);
        QVERIFY(listed.ok());
        QVERIFY(listed->summary.reachedEof);
        // The second was made from a sound file by changing its version, which its checksum covers.
        const bool badSum = path.contains(QLatin1String("invalid_chksum")) || path.contains(QLatin1String("future_v19"));
        QCOMPARE(listed->summary.checksum == ChecksumState::Bad, badSum);
        for (const ListedKey &key : listed->keys) {
            Result<DecodedValue> decoded = decodeValue(key.record.rdbType, valueOf(image, key.record), listed->summary.family);
            QVERIFY2(decoded.ok(), decoded.ok() ? "" : qPrintable(QString::fromLatin1(key.name) + describe(decoded.error())));
        }
    }
};

QTEST_GUILESS_MAIN(TestRdbFiles)
#include "tst_rdb_files.moc"
