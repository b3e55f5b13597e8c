// SPDX-License-Identifier: GPL-3.0-or-later
//
// ElementWalker: goes over the elements of a list, set, sorted set or hash in the order of the file, in every encoding, and
// shows each as references into the input: nothing is copied, decoded or allocated for an element. It checks what the
// decoders check on the way (frames, back-lengths, scores, expiries), but not duplicates and not strings that are
// compressed one by one; those are its user's. Streams are walked by StreamNodeReader.
// The input must outlive it. One thread at a time.
#pragma once

#include "core/rdb/byte_cursor.h"
#include "core/rdb/expand_buffer.h"
#include "core/rdb/packed/intset.h"
#include "core/rdb/packed/listpack.h"
#include "core/rdb/packed/ziplist.h"
#include "core/rdb/packed/zipmap.h"
#include "core/rdb/rdb_types.h"
#include "core/rdb/string_codec.h"

#include <variant>

namespace keyloupe::rdb {

struct Element
{
    StringRef name;               ///< list item, member, or field
    StringRef value;              ///< of a hash's field
    double score = 0;             ///< of a sorted set's member
    std::int64_t expireAtMs = -1; ///< of a hash's field
};

class ElementWalker
{
public:
    /// `blobs` holds the packed blob that stands compressed in the file and is being walked; it may serve walkers one after
    /// the other.
    ElementWalker(std::uint8_t rdbType, QByteArrayView bytes, RdbFamily family, ExpandBuffer &blobs);

    /// True for the types that it walks.
    static bool covers(std::uint8_t rdbType, RdbFamily family);

    /// The next element; false at the end and on damage. The references hold until the walk enters another blob.
    bool next(Element &element);

    /// Passes at most `max` elements by, without a look inside where the layout allows: whole list nodes by their count,
    /// a batch of plain elements. How many; 0 at the end and on damage.
    std::int64_t skipSome(std::int64_t max);

    /// A place to go on at later: between plain elements, or between packed blobs.
    struct Place
    {
        std::int64_t offset = 0;
        std::int64_t index = 0;   ///< elements before it
        std::uint64_t left = 0;   ///< plain elements or blobs from here on
    };
    bool isAtPlace() const { return m_reader.index() == 0; }
    Place place() const { return {m_in.offset(), m_index, m_left}; }
    void resume(const Place &place);

    /// Number of the element that next() would give.
    std::int64_t index() const { return m_index; }
    /// Elements in all, where the value's head or its blob's says so. May enter the first blob.
    std::optional<std::int64_t> statedCount();
    /// Bytes read so far; at the end the value's size.
    std::int64_t offset() const { return m_in.offset(); }

    bool ok() const { return m_in.ok(); }
    const char *reason() const { return m_in.reason(); }
    std::int64_t failOffset() const { return m_in.failOffset(); }
    /// For damage that the user finds in what it was shown.
    void fail(const char *reason, std::int64_t offset) { m_in.fail(reason, offset); }
    Error error() const { return m_in.error(); }

private:
    enum class Shape : std::uint8_t { Single, Pair, ScoredPair, Triple }; ///< items that make an element

    void readPlain(Element &element);
    bool openBlob();
    bool nextPacked(Element &element);
    template <typename Reader>
    bool takeItem(Reader &reader, PackedItem &item, Element &element, int place);
    template <typename Reader>
    bool takeTuple(Reader &reader, Element &element);
    bool takeZipmapPair(ZipmapReader &reader, Element &element);
    void countInNode();
    std::int64_t skipNode(std::int64_t max);

    QByteArrayView m_bytes;
    ByteCursor m_in;
    ExpandBuffer *m_blobs;
    std::uint8_t m_type;
    RdbFamily m_family;
    Shape m_shape = Shape::Single;
    bool m_plain = false;
    bool m_hasNodes = false;
    std::int64_t m_smallestExpiry = 0;
    std::uint64_t m_left = 0;
    std::uint64_t m_count = 0; ///< of the head: plain elements or nodes
    std::int64_t m_index = 0;

    std::variant<std::monostate, ListpackReader, ZiplistReader, IntsetReader, ZipmapReader> m_reader;
    std::int64_t m_nodeLeft = -1; ///< items still to come of a list node, -1 where its head does not know
    std::int64_t m_blobOffset = 0;
    bool m_blobCompressed = false;
    std::int64_t m_expandedOffset = -1; ///< which blob `m_blobs` holds, -1 none
    QByteArrayView m_expanded;
};

} // namespace keyloupe::rdb
