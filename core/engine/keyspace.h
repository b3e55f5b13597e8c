// SPDX-License-Identifier: GPL-3.0-or-later
//
// Keyspace: the databases of an engine: what an opened snapshot holds, under an overlay of edited, new and deleted keys.
//
// Values are decoded when a command needs them; those not edited stay in a small cache. An edited key leaves the cache
// and lives in the overlay. A key renamed, copied, moved or given another TTL keeps pointing at its bytes in the file.
// Lives on the engine's thread. Knows nothing of commands, clients or replies.
//
// A record whose bytes cannot be decoded throws DamagedValue from object() and edit(), so that no command can take a
// damaged value for an absent one and overwrite it; Engine::execute turns it into an error reply.
#pragma once

#include "core/base/hash_bytes.h"
#include "core/base/result.h"
#include "core/engine/large_value.h"
#include "core/engine/object.h"
#include "core/engine/snapshot.h"

#include <QByteArray>
#include <QByteArrayView>

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <queue>
#include <unordered_map>
#include <vector>

namespace keyloupe {

struct DamagedValue
{
    Error error;
};

/// What is known of a key without decoding its value.
struct KeyFacts
{
    ValueType type = ValueType::String;
    std::int64_t expireAtMs = -1;
    std::int64_t idleSeconds = -1;
    int frequency = -1;
    std::optional<RecordInfo> record; ///< the value stands like this in the file
    const Object *object = nullptr;   ///< decoded and in the overlay, else null
};

class Keyspace
{
public:
    struct Entry; ///< of the overlay

    explicit Keyspace(int databases);
    Keyspace(std::shared_ptr<const Snapshot> snapshot, std::int64_t nowMs, bool clockRuns);
    ~Keyspace();
    Keyspace(const Keyspace &) = delete;
    Keyspace &operator=(const Keyspace &) = delete;

    int databaseCount() const { return static_cast<int>(m_databases.size()); }
    const Snapshot *snapshot() const { return m_snapshot.get(); }
    void grow(int databases); ///< to that many; never fewer

    /// Whether commands of an append-only file made it what it is: the snapshot is then only where that began.
    bool isReplayed() const { return m_replayed; }
    void setReplayed() { m_replayed = true; }
    /// Sources of the function libraries, where a replay changed them; else those of the snapshot's file records count.
    const std::optional<std::vector<QByteArray>> &functions() const { return m_functions; }
    void setFunctions(std::vector<QByteArray> sources) { m_functions = std::move(sources); }

    /// Moves the time that expiry is judged by, and drops the keys whose time has come.
    void advance(std::int64_t nowMs);
    std::int64_t now() const { return m_now; }

    std::optional<KeyFacts> facts(int db, const QByteArray &key) const;
    bool exists(int db, const QByteArray &key) const { return facts(db, key).has_value(); }

    /// The decoded value, null when there is no such key. Valid until the key changes or release(); throws DamagedValue.
    const Object *object(int db, const QByteArray &key);
    /// A view of a large value that stands unedited in the file, for reading without decoding it; null for all others.
    std::shared_ptr<LargeValue> large(int db, const QByteArray &key);
    /// To be asked after the bytes of a record were read: throws DamagedValue when another program has cut the file before
    /// their end, where zeros would pass for a value.
    void requireIntact(const RecordInfo &record) const;
    /// The same for changing. Call changed() after a change, else the file's bytes go on being the truth.
    Object *edit(int db, const QByteArray &key);
    /// A new or replaced value; its expiry is dropped unless kept.
    Object &put(int db, const QByteArray &key, Object object, bool keepExpiry = false);
    /// The value got by edit() or put() was changed. What watches the key is told unless it is not to mind.
    void changed(int db, const QByteArray &key, bool tellWatchers = true);
    bool remove(int db, const QByteArray &key);
    void setExpiry(int db, const QByteArray &key, std::int64_t whenMs); ///< -1 none
    void setAccess(int db, const QByteArray &key, std::int64_t idleSeconds, int frequency);
    /// Replaces the target. The source must exist and not be the target.
    void copy(int fromDb, const QByteArray &from, int toDb, const QByteArray &to);
    void flush(int db);
    void swapDatabases(int a, int b);

    /// Between commands: decoded values that the last command looked at may leave the cache.
    void release() { m_inUse.clear(); }
    /// Rough bytes of what is in the overlay.
    std::int64_t overlayBytes() const { return m_overlayBytes; }

    std::int64_t size(int db) const;
    std::int64_t withExpiry(int db) const;
    std::optional<QByteArray> randomKey(int db) const;
    void forEach(int db, const std::function<bool(const QByteArray &, const KeyFacts &)> &fn) const;
    /// About `count` keys from a cursor on. A key that is there from cursor 0 to the end is given at least once, whatever
    /// is edited meanwhile: first the file's keys in file order, then the overlay's own from the newest down.
    std::uint64_t scan(int db, std::uint64_t cursor, std::int64_t count,
                       const std::function<void(const QByteArray &, const KeyFacts &)> &fn) const;

    bool isModified() const { return m_modified; }
    void setModified(bool modified) { m_modified = modified; }

    std::function<void(int db, const QByteArray &key)> onTouched; ///< for WATCH; an empty key means the whole database
    std::function<void(int db, const QByteArray &key)> onExpired;

    /// What a save writes for one key: either bytes of the file, or a value.
    struct Saved
    {
        QByteArray key;
        std::optional<RecordInfo> untouched; ///< whole record as it stands
        std::optional<RecordInfo> record;    ///< value bytes as they stand, other attributes or key
        const Object *object = nullptr;
        std::int64_t expireAtMs = -1;
        std::int64_t idleSeconds = -1;
        int frequency = -1;
        QByteArray otherAttributes; ///< see rdb::otherAttributes
    };
    /// Everything to be saved, in file order, then what is new; expired records of the file included. Stops on false.
    void forEachSaved(int db, const std::function<bool(const Saved &)> &fn) const;
    /// The same where untouched keys come as runs of numbers [first, last) of the snapshot's database, so that the work
    /// grows with the edits and not with the file. Records in a run can be copied as they stand.
    using SavedRunFn = std::function<bool(int fileDb, std::int64_t first, std::int64_t last)>;
    void forEachSaved(int db, const SavedRunFn &onRun, const std::function<bool(const Saved &)> &onOther) const;
    std::int64_t savedCount(int db, std::int64_t *withExpiry) const;

private:
    struct BytesHash
    {
        std::size_t operator()(const QByteArray &bytes) const noexcept { return hashBytes(bytes); }
    };
    struct Database;
    struct CacheItem
    {
        std::int64_t recordOffset;
        std::shared_ptr<Object> object;
        std::int64_t cost;
    };

    Database &at(int db) { return *m_databases[static_cast<std::size_t>(db)]; }
    const Database &at(int db) const { return *m_databases[static_cast<std::size_t>(db)]; }
    Entry *liveEntry(Database &database, const QByteArray &key);
    Entry &overlay(Database &database, const QByteArray &key);
    std::optional<RecordInfo> baseRecord(const Database &database, const QByteArray &key) const;
    std::optional<KeyFacts> baseFacts(const std::optional<RecordInfo> &record) const;
    std::optional<KeyFacts> factsOfBase(const Database &database, std::int64_t i, const QByteArray &key) const;
    bool isLapsed(std::int64_t expireAtMs) const { return expireAtMs >= 0 && m_now > expireAtMs; }
    std::shared_ptr<Object> decode(const RecordInfo &record);
    void touched(int db, const QByteArray &key);
    void forgetNewKey(Database &database, Entry &entry);
    void setEntryExpiry(Database &database, const QByteArray &key, Entry &entry, std::int64_t whenMs);
    QByteArray otherAttributes(const RecordInfo &record) const;
    static Saved savedEntry(const QByteArray &key, const Entry &entry);
    Saved savedBase(const Database &database, std::int64_t i) const;
    void recount(const QByteArray &key, Entry &entry);
    void drop(Database &database, const QByteArray &key, Entry &entry);

    std::shared_ptr<const Snapshot> m_snapshot;
    std::vector<std::unique_ptr<Database>> m_databases;
    std::int64_t m_now = 0;
    bool m_modified = false;
    bool m_replayed = false;
    std::optional<std::vector<QByteArray>> m_functions;

    // Decoded values that nobody edited, the most recently used first.
    std::list<CacheItem> m_cache;
    std::unordered_map<std::int64_t, std::list<CacheItem>::iterator> m_cached; ///< by the record's offset
    std::int64_t m_cacheCost = 0;
    std::vector<std::shared_ptr<Object>> m_inUse;
    std::int64_t m_overlayBytes = 0;
    LargeValues m_large;
};

} // namespace keyloupe
