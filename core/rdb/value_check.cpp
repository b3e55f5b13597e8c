// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rdb/value_check.h"

#include "core/rdb/length_codec.h"
#include "core/rdb/module_codec.h"
#include "core/rdb/packed_walk.h"
#include "core/rdb/stream_node.h"
#include "core/rdb/type_table.h"
#include "core/rdb/value_skipper.h"
#include "core/rdb/value_view/element_walker.h"

namespace keyloupe {

using namespace rdb;

namespace {

constexpr const char *kDamagedString = "a compressed string is damaged";

const char *emptyReason(ValueType type)
{
    switch (type) {
    case ValueType::List:
        return "the list is empty, which no key can be";
    case ValueType::Set:
        return "the set is empty, which no key can be";
    case ValueType::SortedSet:
        return "the sorted set is empty, which no key can be";
    default:
        return "the hash is empty, which no key can be";
    }
}

const char *duplicateReason(ValueType type)
{
    switch (type) {
    case ValueType::Set:
        return "the set has a member twice";
    case ValueType::SortedSet:
        return "the sorted set has a member twice";
    default:
        return "the hash has a field twice";
    }
}

bool isSound(const StringRef &ref)
{
    return ref.form != StringRef::Form::Lzf || lzfIsSound(ref.bytes, ref.expandedSize);
}

struct NothingKept
{
    std::int64_t live = 0;

    void masterField(const PackedItem &) { }
    void begin(const StreamId &, bool, std::int64_t) { }
    void field(const PackedItem &) { }
    void value(const PackedItem &) { }
    void end(bool deleted) { live += deleted ? 0 : 1; }
};

std::int64_t checkString(ByteCursor &in)
{
    const StringRef ref = readStringRef(in);
    if (in.ok() && !isSound(ref))
        in.fail(kDamagedString, ref.bytesOffset);
    return static_cast<std::int64_t>(ref.size());
}

} // namespace

// Names whose hashes met are rare: only those are compared, in a second walk.
bool ValueChecker::hasDuplicate(std::uint8_t rdbType, QByteArrayView bytes, RdbFamily family)
{
    const auto eachName = [&](const auto &look) {
        ElementWalker walker(rdbType, bytes, family, m_blobs);
        Element element;
        QByteArrayView name;
        while (walker.next(element) && m_names.expand(element.name, name)) {
            if (!look(name))
                return;
        }
    };
    QSet<quint64> met;
    m_duplicates.clear(0);
    eachName([&](QByteArrayView name) {
        const std::uint64_t hash = DuplicateFinder::hashOf(name);
        if (!m_duplicates.add(hash))
            met.insert(hash);
        return true;
    });
    QSet<QByteArray> seen;
    bool twice = false;
    eachName([&](QByteArrayView name) {
        if (!met.contains(DuplicateFinder::hashOf(name)))
            return true;
        const QByteArray copy = name.toByteArray();
        twice = seen.contains(copy);
        seen.insert(copy);
        return !twice;
    });
    return twice;
}

std::int64_t ValueChecker::checkElements(ByteCursor &in, std::uint8_t rdbType, QByteArrayView bytes, RdbFamily family, ValueType type)
{
    ElementWalker walker(rdbType, bytes, family, m_blobs);
    // A list may repeat itself, and what ascends strictly does not.
    const bool unique = type != ValueType::List && rdbType != kTypeSetIntset;
    bool suspicious = false;
    if (unique)
        m_duplicates.clear(static_cast<std::size_t>(walker.statedCount().value_or(0)));
    Element element;
    while (walker.next(element)) {
        if (unique) {
            QByteArrayView name;
            if (!m_names.expand(element.name, name))
                walker.fail(kDamagedString, element.name.bytesOffset);
            else if (!m_duplicates.add(DuplicateFinder::hashOf(name)))
                suspicious = true;
            if (type == ValueType::Hash && !isSound(element.value))
                walker.fail(kDamagedString, element.value.bytesOffset);
        } else if (!isSound(element.name)) {
            walker.fail(kDamagedString, element.name.bytesOffset);
        }
    }
    if (!walker.ok()) {
        in.fail(walker.reason(), walker.failOffset());
        return 0;
    }
    if (walker.index() == 0)
        in.fail(emptyReason(type), 0);
    else if (suspicious && hasDuplicate(rdbType, bytes, family))
        in.fail(duplicateReason(type), 0);
    in.skip(static_cast<std::uint64_t>(walker.offset()));
    return walker.index();
}

std::int64_t ValueChecker::checkStream(ByteCursor &in, std::uint8_t rdbType)
{
    NothingKept entries;
    StreamOrder order;
    QByteArray idStorage;
    const std::uint64_t nodes = readLength(in);
    for (std::uint64_t i = 0; i < nodes && in.ok(); ++i) {
        const StreamId base = readStreamNodeId(in, idStorage);
        const StringRef ref = readStringRef(in);
        if (!in.ok())
            break;
        QByteArrayView blob;
        if (!m_blobs.expand(ref, blob)) {
            in.fail(kDamagedString, ref.bytesOffset);
            break;
        }
        StreamNodeReader node(blob, base, order);
        if (!node.read(entries))
            in.fail(node.reason(), ref.form == StringRef::Form::Raw ? ref.bytesOffset + node.failOffset() : ref.bytesOffset);
    }
    const StreamTail tail = readStreamTail(in, rdbType, static_cast<std::uint64_t>(entries.live), order);
    std::vector<QByteArray> groups;
    for (std::uint64_t i = 0; i < tail.groups && in.ok(); ++i)
        groups.push_back(readStreamGroup(in, rdbType).name);
    if (rdbType >= kTypeStream4 && in.ok())
        skipIdempotencyTail(in);
    if (in.ok() && hasDuplicates(groups, [](const QByteArray &name) { return QByteArrayView(name); }))
        in.fail("the stream has a group twice", 0);
    return entries.live;
}

Result<ValueCounts> ValueChecker::check(std::uint8_t rdbType, QByteArrayView bytes, RdbFamily family)
{
    const std::optional<ValueType> type = valueTypeOfRdbType(rdbType, family);
    if (!type)
        return Error{Errc::Unsupported, QStringLiteral("value type %1 is not known").arg(rdbType), 0, {}};
    ByteCursor in(bytes);
    ValueCounts counts;
    switch (*type) {
    case ValueType::String:
        counts.elements = checkString(in);
        break;
    case ValueType::Stream:
        counts.elements = checkStream(in, rdbType);
        break;
    case ValueType::Module:
        skipModuleValue(in);
        counts.elements = in.offset();
        break;
    default:
        counts.elements = checkElements(in, rdbType, bytes, family, *type);
        break;
    }
    if (!in.ok())
        return in.error();
    counts.consumed = in.offset();
    return counts;
}

} // namespace keyloupe
