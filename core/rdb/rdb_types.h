// SPDX-License-Identifier: GPL-3.0-or-later
//
// The values that RDB records hold, decoded: plain data shared by the reader, the writer and the engine.
// No Qt objects, no threads. Format facts: docs/formats/rdb.md.
#pragma once

#include <QByteArray>

#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

namespace keyloupe {

/// What `TYPE` answers.
enum class ValueType : std::uint8_t { String, List, Set, SortedSet, Hash, Stream, Module };

/// "string", "list", "set", "zset", "hash", "stream", "module" as in TYPE.
const char *valueTypeName(ValueType type);

struct StreamId
{
    std::uint64_t ms = 0;
    std::uint64_t seq = 0;
    auto operator<=>(const StreamId &) const = default;
};

struct ListValue
{
    std::vector<QByteArray> items;
    bool operator==(const ListValue &) const = default;
};

struct SetValue
{
    std::vector<QByteArray> members; ///< unique, in file order
    bool operator==(const SetValue &) const = default;
};

struct ScoredMember
{
    QByteArray member;
    double score = 0; ///< never NaN
    bool operator==(const ScoredMember &) const = default;
};

struct SortedSetValue
{
    std::vector<ScoredMember> members; ///< unique members; the reader sorts by (score, bytes of member)
    bool operator==(const SortedSetValue &) const = default;
};

struct HashField
{
    QByteArray field;
    QByteArray value;
    std::int64_t expireAtMs = -1; ///< ms since the epoch, -1 none
    bool operator==(const HashField &) const = default;
};

struct HashValue
{
    std::vector<HashField> fields; ///< unique, in file order
    bool operator==(const HashValue &) const = default;
};

struct StreamEntry
{
    StreamId id;
    std::vector<std::pair<QByteArray, QByteArray>> fields;
    bool operator==(const StreamEntry &) const = default;
};

struct StreamPending
{
    StreamId id;
    std::int64_t deliveredMs = 0;
    std::uint64_t deliveries = 0;
    bool operator==(const StreamPending &) const = default;
};

struct StreamConsumer
{
    QByteArray name;
    std::int64_t seenMs = 0;
    std::int64_t activeMs = -1;       ///< -1 never
    std::vector<StreamId> pending;    ///< each also in the group's pending list
    bool operator==(const StreamConsumer &) const = default;
};

struct StreamGroup
{
    QByteArray name;
    StreamId lastDelivered;
    std::int64_t entriesRead = -1;    ///< -1 unknown
    std::vector<StreamPending> pending; ///< by id
    std::vector<StreamConsumer> consumers;
    bool operator==(const StreamGroup &) const = default;
};

struct StreamValue
{
    std::vector<StreamEntry> entries; ///< by id, deleted ones left out
    StreamId lastId;
    StreamId firstId;                 ///< 0-0 when empty
    StreamId maxDeletedId;
    std::uint64_t entriesAdded = 0;
    std::vector<StreamGroup> groups;
    /// Idempotent-producer state of Redis 8.6 (type 26), kept as the raw bytes behind the groups; empty otherwise.
    QByteArray idempotencyTail;
    bool operator==(const StreamValue &) const = default;
};

/// A value whose layout only its module knows; the payload is the record's bytes behind the type byte.
struct ModuleValue
{
    QByteArray moduleName;  ///< nine characters, "ReJSON-RL"
    int encodingVersion = 0;
    QByteArray payload;
    bool operator==(const ModuleValue &) const = default;
};

using Value = std::variant<QByteArray, ListValue, SetValue, SortedSetValue, HashValue, StreamValue, ModuleValue>;

ValueType typeOf(const Value &value);

/// A key record as pass 1 sees it. Offsets are from the start of the file (the magic).
struct RecordInfo
{
    std::int64_t recordOffset = 0; ///< first attribute opcode, or the type byte where there is none
    std::int64_t recordLength = 0; ///< whole record: attributes, type, key, value
    std::int64_t valueOffset = 0;  ///< first byte behind the key
    std::int64_t valueLength = 0;
    std::int64_t expireAtMs = -1;  ///< ms since the epoch, -1 none
    std::int64_t idleSeconds = -1; ///< LRU, -1 none
    int frequency = -1;            ///< LFU counter 0…255, -1 none
    int db = 0;
    std::int64_t attributesLength = 0; ///< bytes from recordOffset to the type byte
    std::uint8_t rdbType = 0;      ///< the type byte
    ValueType type = ValueType::String;
    bool isInterrupted = false;    ///< opcodes that are not its own stand between its attributes and its type byte
};

/// The two numberings that share bytes; from the magic, or a version of 80 and more in a DUMP payload.
enum class RdbFamily : std::uint8_t { Redis, Valkey };

} // namespace keyloupe
