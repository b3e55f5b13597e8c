// SPDX-License-Identifier: GPL-3.0-or-later
//
// The views of values against decodeValue: the same elements in pages of any size, from any place, by name, by rank and by
// id, for every value of the corpora in every encoding; and what is readable of damaged ones.
#include "core/base/byte_order.h"
#include "core/rdb/rdb_writer.h"
#include "core/rdb/value_decoder.h"
#include "core/rdb/value_view/collection_view.h"
#include "core/rdb/value_view/rdb_string_view.h"
#include "core/rdb/value_view/stream_view.h"
#include "tests/unit/rdb/value_corpus.h"

#include <QRandomGenerator>
#include <QtTest>

using namespace keyloupe;
using namespace keyloupe::test;

namespace {

// Elements as the decoder has them; of sorted sets in its order, which need not be the file's.
std::vector<HashField> decodedElements(const Value &value)
{
    std::vector<HashField> elements;
    if (const auto *list = std::get_if<ListValue>(&value)) {
        for (const QByteArray &item : list->items)
            elements.push_back({item, {}, -1});
    } else if (const auto *set = std::get_if<SetValue>(&value)) {
        for (const QByteArray &member : set->members)
            elements.push_back({member, {}, -1});
    } else if (const auto *zset = std::get_if<SortedSetValue>(&value)) {
        for (const ScoredMember &item : zset->members)
            elements.push_back({item.member, QByteArray::number(item.score, 'g', 17), -1});
    } else {
        elements = std::get<HashValue>(value).fields;
    }
    return elements;
}

struct Reading
{
    CollectionView &view;
    bool isZset;

    std::vector<HashField> page(std::int64_t first, std::int64_t count, bool *ok = nullptr) const
    {
        std::vector<HashField> elements;
        const Result<void> read = view.read(first, count, [&](const ElementView &element) { elements.push_back(kept(element)); });
        if (ok)
            *ok = read.ok();
        return elements;
    }

    HashField kept(const ElementView &element) const
    {
        return {element.name.toByteArray(), isZset ? QByteArray::number(element.score, 'g', 17) : element.value.toByteArray(), element.expireAtMs};
    }
};

std::vector<HashField> part(const std::vector<HashField> &all, std::int64_t first, std::int64_t count)
{
    const auto size = std::int64_t(all.size());
    const std::int64_t from = std::clamp<std::int64_t>(first, 0, size);
    return {all.begin() + from, all.begin() + std::min(size, from + count)};
}

// Empty, or what differs. The values are read by pages of `step`, then from places here and there.
QByteArray pagesDiffer(const Reading &reading, const std::vector<HashField> &all, std::int64_t step, QRandomGenerator &random)
{
    const auto size = std::int64_t(all.size());
    for (std::int64_t first = 0; first <= size; first += step) {
        if (reading.page(first, step) != part(all, first, step))
            return "the page of " + QByteArray::number(qint64(step)) + " from " + QByteArray::number(qint64(first));
    }
    for (int i = 0; i < 8; ++i) {
        const auto first = std::int64_t(random.bounded(quint32(size + 2)));
        if (reading.page(first, step) != part(all, first, step))
            return "a page from place " + QByteArray::number(qint64(first));
    }
    return {};
}

QByteArray findsDiffer(const Reading &reading, const std::vector<HashField> &all, QRandomGenerator &random)
{
    std::vector<QByteArray> names{"", "no such name", "-1"};
    for (int i = 0; i < 20; ++i)
        names.push_back(all[random.bounded(quint32(all.size()))].field);
    for (const std::size_t together : {std::size_t{1}, names.size()}) {
        for (std::size_t first = 0; first + together <= names.size(); first += together) {
            const std::vector<QByteArrayView> asked(names.begin() + std::ptrdiff_t(first), names.begin() + std::ptrdiff_t(first + together));
            std::vector<std::optional<HashField>> found(asked.size());
            if (!reading.view.find(asked, [&](std::size_t i, const ElementView &element) { found[i] = reading.kept(element); }).ok())
                return "looking failed";
            for (std::size_t i = 0; i < asked.size(); ++i) {
                const auto there = std::find_if(all.begin(), all.end(), [&](const HashField &field) { return QByteArrayView(field.field) == asked[i]; });
                if (found[i].has_value() != (there != all.end()) || (found[i] && *found[i] != *there))
                    return "looking for " + asked[i].toByteArray().left(60);
            }
        }
    }
    return {};
}

QByteArray ranksDiffer(CollectionView &view, const std::vector<ScoredMember> &sorted)
{
    const auto size = std::int64_t(sorted.size());
    for (const std::int64_t first : {std::int64_t{0}, size / 2, size - 1}) {
        const Result<std::vector<ScoredMember>> ranks = view.ranks(first, 7);
        if (!ranks)
            return ranks.error().code == Errc::Unsupported ? QByteArray() : describe(ranks.error()).toUtf8();
        const std::int64_t end = std::min(size, first + 7);
        if (*ranks != std::vector<ScoredMember>(sorted.begin() + first, sorted.begin() + end))
            return "the ranks from " + QByteArray::number(qint64(first));
    }
    return {};
}

QByteArray collectionDiffers(const CorpusValue &value, const Value &decoded, QRandomGenerator &random)
{
    CollectionView view(value.rdbType, value.bytes, value.family);
    const auto *zset = std::get_if<SortedSetValue>(&decoded);
    const Reading reading{view, zset != nullptr};
    std::vector<HashField> all = decodedElements(decoded);
    const Result<std::int64_t> count = view.count();
    if (!count || *count != std::int64_t(all.size()))
        return "the count";
    if (zset) { // in the order of the file
        std::vector<HashField> inFile = reading.page(0, 1 << 30);
        const auto byName = [](const HashField &a, const HashField &b) { return compareBytes(a.field, b.field) < 0; };
        std::vector<HashField> sorted = inFile;
        std::sort(sorted.begin(), sorted.end(), byName);
        std::sort(all.begin(), all.end(), byName);
        if (sorted != all)
            return "the members";
        all = std::move(inFile);
        if (const QByteArray ranks = ranksDiffer(view, zset->members); !ranks.isEmpty())
            return ranks;
    }
    for (const std::int64_t step : {1, 7, 200, 5000}) {
        if (all.size() > 3000 && step == 1)
            continue;
        CollectionView fresh(value.rdbType, value.bytes, value.family);
        const QByteArray difference = pagesDiffer(Reading{fresh, zset != nullptr}, all, step, random);
        if (!difference.isEmpty())
            return difference;
    }
    return std::holds_alternative<ListValue>(decoded) ? QByteArray() : findsDiffer(reading, all, random);
}

std::vector<StreamEntry> rangeOf(const std::vector<StreamEntry> &all, StreamId start, StreamId end, std::int64_t limit, bool descending)
{
    std::vector<StreamEntry> entries;
    std::copy_if(all.begin(), all.end(), std::back_inserter(entries), [&](const StreamEntry &entry) { return start <= entry.id && entry.id <= end; });
    if (descending)
        std::reverse(entries.begin(), entries.end());
    if (std::int64_t(entries.size()) > limit)
        entries.resize(std::size_t(limit));
    return entries;
}

QByteArray streamDiffers(const CorpusValue &value, const StreamValue &stream, QRandomGenerator &random)
{
    StreamView view(value.rdbType, value.bytes);
    const Result<std::int64_t> count = view.count();
    if (!count || *count != std::int64_t(stream.entries.size()))
        return "the count";
    std::vector<StreamId> ids{{0, 0}, {UINT64_MAX, UINT64_MAX}};
    for (int i = 0; i < 6 && !stream.entries.empty(); ++i) {
        StreamId id = stream.entries[random.bounded(quint32(stream.entries.size()))].id;
        id.seq += i % 2;
        ids.push_back(id);
    }
    for (const StreamId &start : ids) {
        for (const StreamId &end : ids) {
            for (const std::int64_t limit : {std::int64_t{1}, std::int64_t{130}, INT64_MAX}) {
                for (const bool descending : {false, true}) {
                    std::vector<StreamEntry> entries;
                    if (!view.read(start, end, limit, descending, [&](const StreamEntry &entry) { entries.push_back(entry); }).ok())
                        return "reading failed";
                    if (entries != rangeOf(stream.entries, start, end, limit, descending))
                        return "a range of " + QByteArray::number(qint64(limit));
                }
            }
        }
    }
    return {};
}

QByteArray stringDiffers(const CorpusValue &value, const QByteArray &text)
{
    const qsizetype size = text.size();
    if (*RdbStringView(value.bytes).size() != size)
        return "the size";
    RdbStringView view(value.bytes);
    for (const qsizetype first : {qsizetype{0}, size / 3, size - 1, size, size + 5}) {
        for (const qsizetype count : {qsizetype{0}, qsizetype{1}, size / 2, size}) {
            const Result<QByteArray> slice = view.slice(first, count);
            if (!slice || *slice != text.mid(std::max<qsizetype>(first, 0), count))
                return "the slice from " + QByteArray::number(first);
        }
    }
    return {};
}

} // namespace

class TestValueView : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void agreesWithDecoder();
    void survivesAnyDamage();
    void givesWhatStandsBeforeDamage();
    void givesEntriesBeforeDamage();
    void knowsSetsInNoOrder();
    void expandsOnlyWhatIsAskedFor();
};

void TestValueView::agreesWithDecoder()
{
    QRandomGenerator random(3);
    QSet<int> types;
    valuesOfAllFiles([&](const CorpusValue &value) {
        const Result<DecodedValue> decoded = decodeValue(value.rdbType, value.bytes, value.family);
        if (!decoded.ok() || std::holds_alternative<ModuleValue>(decoded->value))
            return;
        QByteArray difference;
        if (const auto *string = std::get_if<QByteArray>(&decoded->value))
            difference = stringDiffers(value, *string);
        else if (const auto *stream = std::get_if<StreamValue>(&decoded->value))
            difference = streamDiffers(value, *stream, random);
        else
            difference = collectionDiffers(value, decoded->value, random);
        QVERIFY2(difference.isEmpty(), (value.where + ", type " + QByteArray::number(value.rdbType) + ": " + difference).constData());
        types.insert(value.rdbType);
    });
    QVERIFY(types.size() >= 7);
    if (haveCorpora())
        QVERIFY(types.size() >= 20);
}

// Whatever the bytes are, there is an end, and no more comes than the decoder finds where it finds nothing wrong.
void TestValueView::survivesAnyDamage()
{
    QRandomGenerator random(11);
    const auto look = [](const CorpusValue &value) {
        if (CollectionView::covers(value.rdbType, value.family)) {
            CollectionView view(value.rdbType, value.bytes, value.family);
            static_cast<void>(view.count());
            static_cast<void>(view.read(3, 50, [](const ElementView &) {}));
            static_cast<void>(view.read(0, 1 << 20, [](const ElementView &) {}));
            static_cast<void>(view.find({QByteArrayView("x"), QByteArrayView("12")}, [](std::size_t, const ElementView &) {}));
            static_cast<void>(view.ranks(0, 10));
        } else if (StreamView::covers(value.rdbType)) {
            StreamView view(value.rdbType, value.bytes);
            static_cast<void>(view.count());
            for (const bool descending : {false, true})
                static_cast<void>(view.read({0, 0}, {UINT64_MAX, UINT64_MAX}, 300, descending, [](const StreamEntry &) {}));
        } else if (value.rdbType == 0) {
            RdbStringView view(value.bytes);
            static_cast<void>(view.slice(0, 100));
            static_cast<void>(view.slice(0, 1 << 20));
        }
    };
    corruptPayloads(look);
    int looked = 0;
    valuesOfAllFiles([&](const CorpusValue &value) {
        if (value.bytes.isEmpty() || value.bytes.size() > 5000)
            return;
        QByteArray bytes = value.bytes.toByteArray();
        for (int round = 0; round < 6; ++round) {
            bytes[qsizetype(random.bounded(quint32(round % 2 == 0 ? bytes.size() : std::min<qsizetype>(bytes.size(), 24))))] = char(random.bounded(256U));
            look({value.where, value.rdbType, value.family, bytes});
            look({value.where, value.rdbType, value.family, QByteArrayView(bytes).first(qsizetype(random.bounded(quint32(bytes.size()))))});
            ++looked;
        }
    });
    QVERIFY(looked > 100);
}

void TestValueView::givesWhatStandsBeforeDamage()
{
    HashValue hash;
    for (int i = 0; i < 5000; ++i)
        hash.fields.push_back({"field:" + QByteArray::number(i), "value " + QByteArray::number(i), -1});
    QByteArray bytes;
    std::uint8_t rdbType = 0;
    QVERIFY(appendEncodedValue(bytes, hash, RdbFamily::Redis, 9, &rdbType).ok());
    const qsizetype at = bytes.indexOf("field:4000") - 1;
    bytes[at] = char(0xc9); // no string begins like this
    CollectionView view(rdbType, bytes, RdbFamily::Redis);
    const Reading reading{view, false};
    bool ok = true;
    QCOMPARE(reading.page(3900, 200, &ok).size(), std::size_t(100));
    QVERIFY(!ok);
    QCOMPARE(reading.page(100, 200, &ok), part(hash.fields, 100, 200));
    QVERIFY(ok);
    const Result<void> read = view.read(3999, 2, [](const ElementView &) {});
    QCOMPARE(read.error().code, Errc::Corrupt);
    QCOMPARE(read.error().offset, at);
    QByteArray found;
    QVERIFY(view.find({QByteArrayView("field:77")}, [&](std::size_t, const ElementView &field) { found = field.value.toByteArray(); }).ok());
    QCOMPARE(found, QByteArray("value 77"));
    QVERIFY(!view.find({QByteArrayView("field:4500")}, [&](std::size_t, const ElementView &) { QFAIL("behind the damage"); }).ok());
}

void TestValueView::givesEntriesBeforeDamage()
{
    StreamValue stream;
    for (std::uint64_t i = 1; i <= 1000; ++i)
        stream.entries.push_back({{i, 0}, {{"n", QByteArray::number(qulonglong(i))}, {"text", "entry number " + QByteArray::number(qulonglong(i * 7919))}}});
    stream.lastId = {1000, 0};
    stream.firstId = {1, 0};
    stream.entriesAdded = 1000;
    QByteArray bytes;
    std::uint8_t rdbType = 0;
    QVERIFY(appendEncodedValue(bytes, stream, RdbFamily::Redis, 11, &rdbType).ok());
    bytes[bytes.size() / 2] = char(bytes[bytes.size() / 2] ^ 0x55);
    QVERIFY(!decodeValue(rdbType, bytes, RdbFamily::Redis).ok());
    StreamView view(rdbType, bytes);
    std::vector<StreamEntry> entries;
    const auto keep = [&](const StreamEntry &entry) { entries.push_back(entry); };
    QVERIFY(view.read({0, 0}, {100, 0}, INT64_MAX, false, keep).ok());
    QCOMPARE(entries, rangeOf(stream.entries, {0, 0}, {100, 0}, INT64_MAX, false));
    entries.clear();
    const Result<void> read = view.read({0, 0}, {UINT64_MAX, 0}, INT64_MAX, false, keep);
    QVERIFY(!read.ok());
    QVERIFY(read.error().offset > 0 && read.error().offset < bytes.size());
    QVERIFY(entries.size() > 100 && entries.size() < 1000);
}

void TestValueView::knowsSetsInNoOrder()
{
    // Two members by ascending score, then a third below both; type 3, as servers before Redis 4 wrote.
    const QByteArray bytes("\x03\x01" "a\x01" "1\x01" "b\x01" "2\x01" "c\x01" "0");
    CollectionView view(3, bytes, RdbFamily::Redis);
    QCOMPARE(*view.count(), 3);
    QCOMPARE(view.ranks(0, 3).error().code, Errc::Unsupported);
    QCOMPARE((Reading{view, true}.page(2, 1).front().field), QByteArray("c"));
}

void TestValueView::expandsOnlyWhatIsAskedFor()
{
    const QByteArray text = QByteArray("0123456789").repeated(400'000);
    QByteArray bytes;
    std::uint8_t rdbType = 0;
    QVERIFY(appendEncodedValue(bytes, text, RdbFamily::Redis, 9, &rdbType).ok());
    QVERIFY(bytes.size() < text.size() / 2);
    RdbStringView view(bytes);
    QCOMPARE(*view.slice(0, 1000), text.left(1000));
    QVERIFY(view.memoryBytes() < 10'000);
    QCOMPARE(*view.slice(text.size() - 5, 100), text.right(5));
    bytes.replace(bytes.size() - 3, 3, "\xff\xff\xff"); // the end is another, and so is the size
    RdbStringView damaged(bytes);
    QCOMPARE(*damaged.slice(0, 1000), text.left(1000));
    QVERIFY(!damaged.slice(0, text.size()).ok());
}

QTEST_GUILESS_MAIN(TestValueView)
#include "tst_value_view.moc"
