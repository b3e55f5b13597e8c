// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rdb/value_view/element_walker.h"

#include "core/rdb/field_expiry.h"
#include "core/rdb/length_codec.h"
#include "core/rdb/score_codec.h"
#include "core/rdb/type_table.h"
#include "core/rdb/value_view/blob_head.h"

#include <limits>

namespace keyloupe::rdb {

namespace {

constexpr const char *kDamagedString = "a compressed string is damaged";
constexpr std::int64_t kBatch = 1024;

enum Container : std::uint64_t { kPlainNode = 1, kPackedNode = 2 };

void setRef(StringRef &ref, const PackedItem &item)
{
    ref.form = item.isInteger ? StringRef::Form::Integer : StringRef::Form::Raw;
    ref.number = item.integer;
    ref.bytes = QByteArrayView(item.text.data(), item.text.size());
}

// The count in the head of a packed list, of which only the first bytes need to be expanded. Nothing where it is unknown.
std::optional<std::int64_t> countInHead(const StringRef &ref, bool isZiplist)
{
    char buffer[BlobHead::kBuffer];
    const QByteArrayView head = BlobHead::read(ref, buffer);
    const qsizetype at = isZiplist ? 8 : 4;
    if (head.size() < at + 2)
        return std::nullopt;
    const auto count = qFromLittleEndian<std::uint16_t>(head.data() + at);
    return count == 65535 ? std::nullopt : std::optional<std::int64_t>(count);
}

} // namespace

bool ElementWalker::covers(std::uint8_t rdbType, RdbFamily family)
{
    const std::optional<ValueType> type = valueTypeOfRdbType(rdbType, family);
    return type && *type != ValueType::String && *type != ValueType::Stream && *type != ValueType::Module;
}

ElementWalker::ElementWalker(std::uint8_t rdbType, QByteArrayView bytes, RdbFamily family, ExpandBuffer &blobs)
    : m_bytes(bytes), m_in(bytes), m_blobs(&blobs), m_type(rdbType), m_family(family)
{
    std::uint64_t bytesEach = 1;
    switch (rdbType) {
    case kTypeList:
    case kTypeSet:
        m_plain = true;
        break;
    case kTypeZset:
    case kTypeZsetText:
        m_plain = true;
        bytesEach = 2;
        break;
    case kTypeHashExpiring:
        m_smallestExpiry = m_in.le<std::int64_t>();
        [[fallthrough]];
    case kTypeHash:
    case kTypeHashExpiring22:
        m_plain = true;
        bytesEach = 2;
        break;
    case kTypeQuicklist:
    case kTypeQuicklist2:
        m_hasNodes = true;
        break;
    case kTypeHashListpackEx:
        m_in.skip(8); // the smallest expiry again, as a hint
        [[fallthrough]];
    case kTypeHashListpackExPreGa:
        m_shape = Shape::Triple;
        break;
    case kTypeHashListpack:
    case kTypeHashZiplist:
    case kTypeHashZipmap:
        m_shape = Shape::Pair;
        break;
    case kTypeZsetListpack:
    case kTypeZsetZiplist:
        m_shape = Shape::ScoredPair;
        break;
    default:
        break;
    }
    m_left = 1;
    if (m_plain || m_hasNodes) {
        m_left = readLength(m_in);
        m_in.fits(m_left, bytesEach);
    }
    m_count = m_left;
}

void ElementWalker::resume(const Place &place)
{
    m_in = ByteCursor(m_bytes);
    m_in.skip(static_cast<std::uint64_t>(place.offset));
    m_index = place.index;
    m_left = place.left;
    m_reader = std::monostate();
}

std::optional<std::int64_t> ElementWalker::statedCount()
{
    if (m_plain)
        return m_in.ok() ? std::optional<std::int64_t>(m_count) : std::nullopt;
    if (m_hasNodes || (isAtPlace() && m_left > 0 && !openBlob()))
        return std::nullopt;
    std::optional<std::int64_t> items;
    if (const auto *intset = std::get_if<IntsetReader>(&m_reader); intset && intset->ok())
        items = intset->count();
    else if (const auto *listpack = std::get_if<ListpackReader>(&m_reader); listpack && listpack->ok())
        items = listpack->headerCount();
    else if (const auto *ziplist = std::get_if<ZiplistReader>(&m_reader); ziplist && ziplist->ok())
        items = ziplist->headerCount();
    if (!items)
        return std::nullopt;
    return *items / (m_shape == Shape::Single ? 1 : m_shape == Shape::Triple ? 3 : 2);
}

void ElementWalker::readPlain(Element &element)
{
    switch (m_type) {
    case kTypeZset: {
        readStringRef(m_in, element.name);
        element.score = readBinaryScore(m_in);
        break;
    }
    case kTypeZsetText:
        readStringRef(m_in, element.name);
        element.score = readTextScore(m_in);
        break;
    case kTypeHash:
        readStringRef(m_in, element.name);
        readStringRef(m_in, element.value);
        break;
    case kTypeHashExpiring:
        element.expireAtMs = readRelativeExpiry(m_in, m_smallestExpiry);
        readStringRef(m_in, element.name);
        readStringRef(m_in, element.value);
        break;
    case kTypeHashExpiring22:
        if (m_family == RdbFamily::Redis)
            element.expireAtMs = readAbsoluteExpiry(m_in);
        readStringRef(m_in, element.name);
        readStringRef(m_in, element.value);
        if (m_family == RdbFamily::Valkey)
            element.expireAtMs = readValkeyExpiry(m_in);
        break;
    default:
        readStringRef(m_in, element.name);
        break;
    }
}

bool ElementWalker::openBlob()
{
    const StringRef ref = readStringRef(m_in);
    if (!m_in.ok())
        return false;
    m_blobOffset = ref.bytesOffset;
    m_blobCompressed = ref.form != StringRef::Form::Raw;
    QByteArrayView blob;
    if (ref.form == StringRef::Form::Lzf && m_expandedOffset == m_blobOffset) {
        blob = m_expanded;
    } else {
        m_expandedOffset = -1;
        if (!m_blobs->expand(ref, blob)) {
            m_in.fail(kDamagedString, ref.bytesOffset);
            return false;
        }
        if (ref.form == StringRef::Form::Lzf) {
            m_expandedOffset = m_blobOffset;
            m_expanded = blob;
        }
    }
    --m_left;
    switch (m_type) {
    case kTypeSetIntset:
        m_reader.emplace<IntsetReader>(blob);
        break;
    case kTypeHashZipmap:
        m_reader.emplace<ZipmapReader>(blob);
        break;
    case kTypeListZiplist:
    case kTypeZsetZiplist:
    case kTypeHashZiplist:
    case kTypeQuicklist:
        m_reader.emplace<ZiplistReader>(blob);
        break;
    default:
        m_reader.emplace<ListpackReader>(blob);
        break;
    }
    m_nodeLeft = -1;
    if (const auto *listpack = std::get_if<ListpackReader>(&m_reader); listpack && m_hasNodes)
        m_nodeLeft = listpack->headerCount().value_or(-1);
    else if (const auto *ziplist = std::get_if<ZiplistReader>(&m_reader); ziplist && m_hasNodes)
        m_nodeLeft = ziplist->headerCount().value_or(-1);
    return true;
}

// Leaves a list node with its last item, so that the walk stands between nodes, where it can be taken up again.
void ElementWalker::countInNode()
{
    if (m_nodeLeft < 0 || --m_nodeLeft > 0)
        return;
    PackedItem extra;
    const auto close = [&](auto &reader) {
        if (reader.next(extra))
            m_in.fail("a list node's count is not the number of its elements", m_blobOffset);
        else if (!reader.ok())
            m_in.fail(reader.reason(), m_blobCompressed ? m_blobOffset : m_blobOffset + reader.failOffset());
    };
    if (auto *listpack = std::get_if<ListpackReader>(&m_reader))
        close(*listpack);
    else if (auto *ziplist = std::get_if<ZiplistReader>(&m_reader))
        close(*ziplist);
    m_reader = std::monostate();
}

// One item of a tuple. At the blob's end or on damage the reader is left; damage fails the walk.
template <typename Reader>
bool ElementWalker::takeItem(Reader &reader, PackedItem &item, Element &element, int place)
{
    if (!reader.next(item)) {
        if (!reader.ok())
            m_in.fail(reader.reason(), m_blobCompressed ? m_blobOffset : m_blobOffset + reader.failOffset());
        else if (place > 0)
            m_in.fail(m_shape == Shape::ScoredPair ? "a member has no score" : "a hash ends inside a field", 0);
        return false;
    }
    if (place == 0) {
        setRef(element.name, item);
    } else if (m_shape == Shape::ScoredPair) {
        if (item.isInteger) {
            element.score = static_cast<double>(item.integer);
        } else {
            const std::optional<double> score = parseScore(item.text);
            if (!score) {
                m_in.fail(kBadScore, m_blobOffset);
                return false;
            }
            element.score = *score;
        }
    } else if (place == 1) {
        setRef(element.value, item);
    } else {
        if (!item.isInteger || item.integer < 0 || item.integer > kMaxFieldExpiry) {
            m_in.fail(kBadFieldExpiry, m_blobOffset);
            return false;
        }
        element.expireAtMs = item.integer == 0 ? -1 : item.integer;
    }
    return true;
}

template <typename Reader>
bool ElementWalker::takeTuple(Reader &reader, Element &element)
{
    PackedItem item;
    const int items = m_shape == Shape::Single ? 1 : m_shape == Shape::Triple ? 3 : 2;
    for (int place = 0; place < items; ++place) {
        if (!takeItem(reader, item, element, place)) {
            m_reader = std::monostate();
            return false;
        }
    }
    return true;
}

bool ElementWalker::takeZipmapPair(ZipmapReader &reader, Element &element)
{
    QByteArrayView field;
    QByteArrayView value;
    if (!reader.next(field, value)) {
        if (!reader.ok())
            m_in.fail(reader.reason(), m_blobCompressed ? m_blobOffset : m_blobOffset + reader.failOffset());
        m_reader = std::monostate();
        return false;
    }
    PackedItem item;
    item.setText(field);
    setRef(element.name, item);
    item.setText(value);
    setRef(element.value, item);
    return true;
}

bool ElementWalker::nextPacked(Element &element)
{
    for (;;) {
        bool got = false;
        switch (m_reader.index()) {
        case 1: got = takeTuple(*std::get_if<ListpackReader>(&m_reader), element); break;
        case 2: got = takeTuple(*std::get_if<ZiplistReader>(&m_reader), element); break;
        case 3: got = takeTuple(*std::get_if<IntsetReader>(&m_reader), element); break;
        case 4: got = takeZipmapPair(*std::get_if<ZipmapReader>(&m_reader), element); break;
        default: break;
        }
        if (got) {
            if (m_hasNodes)
                countInNode();
            return true;
        }
        if (!m_in.ok() || m_left == 0)
            return false;
        if (m_type == kTypeQuicklist2) {
            const std::int64_t start = m_in.offset();
            const std::uint64_t container = readLength(m_in);
            if (container == kPlainNode) { // a large element by itself; empty ones are small, and always packed
                const std::int64_t stringStart = m_in.offset();
                readStringRef(m_in, element.name);
                if (m_in.ok() && element.name.size() == 0)
                    m_in.fail("a plain list node is empty", stringStart);
                --m_left;
                return m_in.ok();
            }
            if (container != kPackedNode) {
                m_in.fail("a list node is of an unknown kind", start);
                return false;
            }
        }
        if (!openBlob())
            return false;
    }
}

bool ElementWalker::next(Element &element)
{
    if (!m_in.ok())
        return false;
    element.expireAtMs = -1;
    if (m_plain) {
        if (m_left == 0)
            return false;
        readPlain(element);
        if (!m_in.ok())
            return false;
        --m_left;
    } else if (!nextPacked(element)) {
        return false;
    }
    ++m_index;
    return true;
}

// Passes a list node by when its count is known and not above `max`; 0 and nothing moved otherwise.
std::int64_t ElementWalker::skipNode(std::int64_t max)
{
    const ByteCursor before = m_in;
    std::optional<std::int64_t> count = 1;
    if (m_type == kTypeQuicklist2) {
        const std::uint64_t container = readLength(m_in);
        const StringRef ref = readStringRef(m_in);
        if (container == kPackedNode)
            count = countInHead(ref, false);
        else if (container != kPlainNode)
            count = std::nullopt;
    } else {
        count = countInHead(readStringRef(m_in), true);
    }
    if (!m_in.ok() || !count || *count == 0 || *count > max) {
        m_in = before;
        return 0;
    }
    --m_left;
    m_index += *count;
    return *count;
}

std::int64_t ElementWalker::skipSome(std::int64_t max)
{
    if (max <= 0 || !m_in.ok())
        return 0;
    if (m_plain) {
        Element element;
        std::int64_t skipped = 0;
        for (const std::int64_t batch = std::min(max, kBatch); skipped < batch && m_left > 0; ++skipped) {
            readPlain(element);
            if (!m_in.ok())
                break;
            --m_left;
            ++m_index;
        }
        return skipped;
    }
    if (m_hasNodes && isAtPlace() && m_left > 0) {
        if (const std::int64_t skipped = skipNode(max); skipped > 0)
            return skipped;
    }
    Element element;
    return next(element) ? 1 : 0;
}

} // namespace keyloupe::rdb
