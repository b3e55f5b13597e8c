// SPDX-License-Identifier: GPL-3.0-or-later
//
// StreamView: a stream that is read where it stands in the file: an index of its nodes (16 bytes of id and two numbers for
// about a hundred entries), and only the nodes that a range touches are decoded. The bytes must outlive it. One thread at a
// time. Groups are not its matter.
#pragma once

#include "core/base/result.h"
#include "core/rdb/expand_buffer.h"
#include "core/rdb/rdb_types.h"

#include <functional>
#include <vector>

namespace keyloupe {

class StreamView
{
public:
    StreamView(std::uint8_t rdbType, QByteArrayView bytes);
    StreamView(const StreamView &) = delete;
    StreamView &operator=(const StreamView &) = delete;

    static bool covers(std::uint8_t rdbType);

    /// Live entries, as the nodes' heads count them.
    Result<std::int64_t> count();

    /// Entries with start <= id <= end, at most `limit`, in ascending or descending order. A failed read has given what
    /// comes before the damaged node, and on ascending what stands before the damage in it. Errc::Unsupported where the
    /// nodes do not ascend.
    Result<void> read(StreamId start, StreamId end, std::int64_t limit, bool descending,
                      const std::function<void(const StreamEntry &)> &onEntry);

    std::int64_t memoryBytes() const;

private:
    struct Node
    {
        StreamId base;
        std::int64_t blobOffset = 0; ///< of its listpack's string
    };

    void learnNodes();
    Result<void> readNode(const Node &node, std::vector<StreamEntry> &entries);

    QByteArrayView m_bytes;
    rdb::ExpandBuffer m_blobs;
    bool m_learned = false;
    std::optional<Error> m_damage; ///< that ends the index of nodes
    bool m_ordered = true;
    std::int64_t m_count = 0;
    std::vector<Node> m_nodes;
};

} // namespace keyloupe
