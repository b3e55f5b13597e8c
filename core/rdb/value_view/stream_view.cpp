// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rdb/value_view/stream_view.h"

#include "core/rdb/length_codec.h"
#include "core/rdb/stream_node.h"
#include "core/rdb/type_table.h"
#include "core/rdb/value_view/blob_head.h"

#include <algorithm>

namespace keyloupe {

using namespace rdb;

namespace {

// A node's count of live entries: the first element of its listpack, of which only the start is expanded.
std::optional<std::int64_t> liveEntries(const StringRef &ref)
{
    char buffer[BlobHead::kBuffer];
    const QByteArrayView head = BlobHead::read(ref, buffer);
    if (head.size() <= ListpackReader::kHeaderSize)
        return std::nullopt;
    const std::optional<std::int64_t> count = ListpackReader::integerAt(head.sliced(ListpackReader::kHeaderSize));
    return count && *count >= 0 && *count <= static_cast<std::int64_t>(ref.size()) ? count : std::nullopt;
}

} // namespace

StreamView::StreamView(std::uint8_t, QByteArrayView bytes) : m_bytes(bytes)
{
}

bool StreamView::covers(std::uint8_t rdbType)
{
    return rdbType == kTypeStream1 || rdbType == kTypeStream2 || rdbType == kTypeStream3 || rdbType == kTypeStream4;
}

void StreamView::learnNodes()
{
    if (m_learned)
        return;
    m_learned = true;
    ByteCursor in(m_bytes);
    QByteArray idStorage;
    const std::uint64_t nodes = readLength(in);
    for (std::uint64_t i = 0; i < nodes && in.ok(); ++i) {
        Node node;
        node.base = readStreamNodeId(in, idStorage);
        node.blobOffset = in.offset();
        const StringRef ref = readStringRef(in);
        if (!in.ok())
            break;
        m_ordered = m_ordered && (m_nodes.empty() || m_nodes.back().base < node.base);
        m_nodes.push_back(node);
        if (const std::optional<std::int64_t> live = liveEntries(ref)) {
            m_count += *live;
        } else {
            std::vector<StreamEntry> entries;
            if (const Result<void> read = readNode(node, entries); !read) {
                m_damage = read.error();
                return;
            }
            m_count += static_cast<std::int64_t>(entries.size());
        }
    }
    if (!in.ok())
        m_damage = in.error();
}

Result<std::int64_t> StreamView::count()
{
    learnNodes();
    if (m_damage)
        return *m_damage;
    return m_count;
}

Result<void> StreamView::readNode(const Node &node, std::vector<StreamEntry> &entries)
{
    ByteCursor in(m_bytes);
    in.skip(static_cast<std::uint64_t>(node.blobOffset));
    const StringRef ref = readStringRef(in);
    if (!in.ok())
        return in.error();
    QByteArrayView blob;
    if (!m_blobs.expand(ref, blob))
        return Error{Errc::Corrupt, QStringLiteral("a compressed string is damaged"), ref.bytesOffset, {}};
    StreamOrder order;
    StreamEntryBuilder builder(entries);
    StreamNodeReader reader(blob, node.base, order);
    if (reader.read(builder))
        return {};
    const std::int64_t inner = ref.form == StringRef::Form::Raw ? reader.failOffset() : 0;
    return Error{Errc::Corrupt, QString::fromLatin1(reader.reason()), ref.bytesOffset + inner, {}};
}

Result<void> StreamView::read(StreamId start, StreamId end, std::int64_t limit, bool descending,
                              const std::function<void(const StreamEntry &)> &onEntry)
{
    learnNodes();
    if (!m_ordered)
        return Error{Errc::Unsupported, QStringLiteral("the stream's nodes are not in order"), -1, {}};
    if (descending && m_damage)
        return *m_damage; // where it ends is not known
    const auto nodeOf = [this](StreamId id) { // the last one that begins at or before the id
        const auto behind = std::upper_bound(m_nodes.begin(), m_nodes.end(), id, [](const StreamId &wanted, const Node &node) { return wanted < node.base; });
        return behind - m_nodes.begin() - 1;
    };
    const auto nodes = static_cast<std::ptrdiff_t>(m_nodes.size());
    std::vector<StreamEntry> entries;
    std::int64_t given = 0;
    const auto give = [&](const StreamEntry &entry) {
        if (given < limit && start <= entry.id && entry.id <= end) {
            onEntry(entry);
            ++given;
        }
    };
    std::ptrdiff_t at = descending ? nodeOf(end) : std::max<std::ptrdiff_t>(nodeOf(start), 0);
    for (; at >= 0 && at < nodes && given < limit; at += descending ? -1 : 1) {
        const Node &node = m_nodes[static_cast<std::size_t>(at)];
        if (!descending && end < node.base)
            return {};
        entries.clear();
        const Result<void> read = readNode(node, entries);
        if (descending) {
            if (!read)
                return read;
            std::for_each(entries.rbegin(), entries.rend(), give);
            if (node.base <= start)
                return {};
        } else {
            std::for_each(entries.begin(), entries.end(), give);
            if (!read && given < limit)
                return read;
        }
    }
    if (m_damage && given < limit)
        return *m_damage;
    return {};
}

std::int64_t StreamView::memoryBytes() const
{
    return static_cast<std::int64_t>(m_nodes.capacity() * sizeof(Node)) + m_blobs.capacity() + 1024;
}

} // namespace keyloupe
