// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/keyspace.h"

#include "core/rdb/record_head.h"
#include "core/rdb/value_decoder.h"

#include <QRandomGenerator>

#include <algorithm>
#include <map>

namespace keyloupe {
namespace {

constexpr std::int64_t kCacheBytes = 128ll * 1024 * 1024;
constexpr std::size_t kCacheItems = 256;

// Cursors: 1 … N go on at that record of the file; from this bit on they count the overlay's own keys down.
constexpr std::uint64_t kOverlayCursor = 1ull << 48;

} // namespace

struct Keyspace::Entry
{
    bool deleted = false;
    bool inFile = false;                ///< the file has this key, and the database still stands on the file
    bool dirty = false;                 ///< `object` differs from `record`
    std::optional<RecordInfo> record;   ///< where the value stands in the file, none when it is only in `object`
    std::shared_ptr<Object> object;
    std::int64_t expireAtMs = -1;
    std::int64_t idleSeconds = -1;
    int frequency = -1;
    QByteArray otherAttributes;         ///< see rdb::otherAttributes
    bool attributesChanged = false;     ///< key, expiry or access differ from the record's
    qsizetype newKeyIndex = -1;         ///< place in Database::newKeys, -1 for keys of the file
    std::int64_t cost = 0;              ///< its share of Keyspace::overlayBytes()

    KeyFacts facts() const
    {
        return {object ? object->type() : record->type, expireAtMs, idleSeconds, frequency, dirty ? std::nullopt : record, object.get()};
    }
};

struct Keyspace::Database
{
    struct Due
    {
        std::int64_t whenMs;
        QByteArray key;
        bool operator>(const Due &other) const { return whenMs > other.whenMs; }
    };

    int baseDb = -1; ///< which database of the file it stands on, -1 none
    std::unordered_map<QByteArray, Entry, BytesHash> overlay;
    std::vector<QByteArray> newKeys; ///< overlay keys that the file does not have; removed ones are null
    qsizetype newKeysGone = 0;
    std::int64_t size = 0;
    std::int64_t expires = 0;
    std::priority_queue<Due, std::vector<Due>, std::greater<>> due; ///< of the overlay; may hold stale times
    std::vector<std::pair<std::int64_t, std::uint32_t>> baseDue;    ///< of the file, latest first; only with a running clock
};

Keyspace::Keyspace(int databases)
{
    for (int i = 0; i < databases; ++i)
        m_databases.push_back(std::make_unique<Database>());
}

Keyspace::Keyspace(std::shared_ptr<const Snapshot> snapshot, std::int64_t nowMs, bool clockRuns)
    : m_snapshot(std::move(snapshot)), m_now(nowMs)
{
    const std::vector<int> numbers = m_snapshot->databases();
    const int count = std::max(16, numbers.empty() ? 0 : numbers.back() + 1);
    for (int i = 0; i < count; ++i)
        m_databases.push_back(std::make_unique<Database>());
    for (const int number : numbers) {
        Database &database = at(number);
        database.baseDb = number;
        database.size = m_snapshot->keyCount(number);
        database.expires = m_snapshot->expiryCount(number);
        if (!clockRuns && !isLapsed(m_snapshot->earliestExpiry(number)))
            continue;
        m_snapshot->forEachExpiry(number, [&](std::int64_t i, std::int64_t when) {
            if (isLapsed(when)) {
                --database.size;
                --database.expires;
            } else if (clockRuns) {
                database.baseDue.emplace_back(when, static_cast<std::uint32_t>(i));
            }
        });
        std::sort(database.baseDue.begin(), database.baseDue.end(), std::greater<>());
    }
}

Keyspace::~Keyspace() = default;

void Keyspace::grow(int databases)
{
    while (databaseCount() < databases)
        m_databases.push_back(std::make_unique<Database>());
}

void Keyspace::advance(std::int64_t nowMs)
{
    if (nowMs <= m_now)
        return;
    m_now = nowMs;
    for (int db = 0; db < databaseCount(); ++db) {
        Database &database = at(db);
        while (!database.due.empty() && isLapsed(database.due.top().whenMs)) {
            const Database::Due due = database.due.top();
            database.due.pop();
            const auto it = database.overlay.find(due.key);
            if (it == database.overlay.end() || it->second.deleted || it->second.expireAtMs != due.whenMs)
                continue; // given another time since
            const QByteArray key = due.key;
            drop(database, key, it->second);
            touched(db, key);
            if (onExpired)
                onExpired(db, key);
        }
        while (!database.baseDue.empty() && isLapsed(database.baseDue.back().first)) {
            const std::int64_t i = database.baseDue.back().second;
            database.baseDue.pop_back();
            if (database.baseDb < 0)
                continue;
            const QByteArray key = m_snapshot->keyAt(database.baseDb, i);
            if (database.overlay.find(key) != database.overlay.end())
                continue;
            // Only hidden: a save still writes the record as it stands.
            --database.size;
            --database.expires;
            if (onTouched)
                onTouched(db, key);
            if (onExpired)
                onExpired(db, key);
        }
    }
}

std::optional<RecordInfo> Keyspace::baseRecord(const Database &database, const QByteArray &key) const
{
    return database.baseDb < 0 ? std::nullopt : m_snapshot->find(database.baseDb, key);
}

std::optional<KeyFacts> Keyspace::baseFacts(const std::optional<RecordInfo> &record) const
{
    if (!record || isLapsed(record->expireAtMs))
        return std::nullopt;
    return KeyFacts{record->type, record->expireAtMs, record->idleSeconds, record->frequency, record, nullptr};
}

// Of key number i of the file, without looking its name up again.
std::optional<KeyFacts> Keyspace::factsOfBase(const Database &database, std::int64_t i, const QByteArray &key) const
{
    if (!database.overlay.empty()) {
        if (const auto it = database.overlay.find(key); it != database.overlay.end())
            return it->second.deleted ? std::nullopt : std::optional(it->second.facts());
    }
    return baseFacts(m_snapshot->recordAt(database.baseDb, i));
}

std::optional<KeyFacts> Keyspace::facts(int db, const QByteArray &key) const
{
    const Database &database = at(db);
    const auto it = database.overlay.find(key);
    if (it != database.overlay.end()) {
        if (it->second.deleted)
            return std::nullopt;
        return it->second.facts();
    }
    return baseFacts(baseRecord(database, key));
}

Keyspace::Entry *Keyspace::liveEntry(Database &database, const QByteArray &key)
{
    const auto it = database.overlay.find(key);
    return it == database.overlay.end() || it->second.deleted ? nullptr : &it->second;
}

// The overlay's entry for a key, made from the file's record or empty ("deleted") where there is no such key.
Keyspace::Entry &Keyspace::overlay(Database &database, const QByteArray &key)
{
    const auto [it, isNew] = database.overlay.try_emplace(key);
    Entry &entry = it->second;
    if (!isNew)
        return entry;
    const std::optional<RecordInfo> record = baseRecord(database, key);
    entry.inFile = record.has_value();
    if (record && !isLapsed(record->expireAtMs)) {
        entry.record = record;
        entry.expireAtMs = record->expireAtMs;
        entry.idleSeconds = record->idleSeconds;
        entry.frequency = record->frequency;
        entry.otherAttributes = otherAttributes(*record);
        if (entry.expireAtMs >= 0)
            database.due.push({entry.expireAtMs, key});
    } else {
        entry.deleted = true;
    }
    return entry;
}

void Keyspace::requireIntact(const RecordInfo &record) const
{
    if (record.recordOffset + record.recordLength > m_snapshot->file().intactBytes())
        throw DamagedValue{{Errc::Corrupt, QStringLiteral("the file was cut by another program while it was open"), record.valueOffset, {}}};
}

std::shared_ptr<Object> Keyspace::decode(const RecordInfo &record)
{
    if (const auto hit = m_cached.find(record.recordOffset); hit != m_cached.end()) {
        m_cache.splice(m_cache.begin(), m_cache, hit->second);
        m_inUse.push_back(hit->second->object);
        return hit->second->object;
    }
    Result<DecodedValue> decoded = decodeValue(record.rdbType, m_snapshot->valueBytes(record), m_snapshot->summary().family);
    requireIntact(record);
    if (!decoded) {
        Error error = decoded.error();
        error.offset = error.offset < 0 ? record.valueOffset : record.valueOffset + error.offset;
        throw DamagedValue{error};
    }
    auto object = std::make_shared<Object>(Object::fromValue(std::move(decoded.value().value)));
    const std::int64_t cost = record.valueLength * 4 + 256; // decoded values are a few times their packed size
    m_cache.push_front({record.recordOffset, object, cost});
    m_cached[record.recordOffset] = m_cache.begin();
    m_cacheCost += cost;
    m_inUse.push_back(object);
    while (m_cache.size() > 1 && (m_cacheCost > kCacheBytes || m_cache.size() > kCacheItems)) {
        m_cacheCost -= m_cache.back().cost;
        m_cached.erase(m_cache.back().recordOffset);
        m_cache.pop_back();
    }
    return object;
}

const Object *Keyspace::object(int db, const QByteArray &key)
{
    const std::optional<KeyFacts> found = facts(db, key);
    if (!found)
        return nullptr;
    if (found->object)
        return found->object;
    return decode(*found->record).get();
}

Object *Keyspace::edit(int db, const QByteArray &key)
{
    if (!exists(db, key))
        return nullptr;
    Entry &entry = overlay(at(db), key);
    if (!entry.object)
        entry.object = std::make_shared<Object>(*decode(*entry.record));
    else if (entry.object.use_count() > 1)
        entry.object = std::make_shared<Object>(*entry.object); // a COPY shares it
    return entry.object.get();
}

void Keyspace::touched(int db, const QByteArray &key)
{
    m_modified = true;
    if (onTouched)
        onTouched(db, key);
}

void Keyspace::setEntryExpiry(Database &database, const QByteArray &key, Entry &entry, std::int64_t whenMs)
{
    database.expires += (whenMs >= 0 ? 1 : 0) - (entry.expireAtMs >= 0 ? 1 : 0);
    entry.expireAtMs = whenMs;
    if (whenMs >= 0)
        database.due.push({whenMs, key});
}

Object &Keyspace::put(int db, const QByteArray &key, Object object, bool keepExpiry)
{
    Database &database = at(db);
    Entry &entry = overlay(database, key);
    if (entry.deleted) {
        entry.deleted = false;
        ++database.size;
        entry.expireAtMs = -1;
        entry.otherAttributes.clear();
        if (!entry.inFile) {
            entry.newKeyIndex = static_cast<qsizetype>(database.newKeys.size());
            database.newKeys.push_back(key.isNull() ? QByteArray("") : key); // null marks a gap; an empty key is a key
        }
    } else if (!keepExpiry) {
        setEntryExpiry(database, key, entry, -1);
        entry.otherAttributes.clear();
    }
    entry.record.reset();
    entry.dirty = true;
    entry.attributesChanged = true;
    entry.idleSeconds = -1;
    entry.frequency = -1;
    entry.object = std::make_shared<Object>(std::move(object));
    recount(key, entry);
    touched(db, key);
    return *entry.object;
}

void Keyspace::changed(int db, const QByteArray &key, bool tellWatchers)
{
    Entry *entry = liveEntry(at(db), key);
    if (!entry)
        return;
    if (entry->object && entry->object->isEmptyAggregate()) {
        remove(db, key);
        return;
    }
    entry->record.reset();
    entry->dirty = true;
    recount(key, *entry);
    if (tellWatchers)
        touched(db, key);
    else
        m_modified = true;
}

void Keyspace::recount(const QByteArray &key, Entry &entry)
{
    const std::int64_t cost = key.size() + 72 + (entry.object ? entry.object->quickEstimate() : 0);
    m_overlayBytes += cost - entry.cost;
    entry.cost = cost;
}

void Keyspace::forgetNewKey(Database &database, Entry &entry)
{
    if (entry.newKeyIndex < 0)
        return;
    database.newKeys[static_cast<std::size_t>(entry.newKeyIndex)] = QByteArray();
    entry.newKeyIndex = -1;
    ++database.newKeysGone;
    const auto total = static_cast<qsizetype>(database.newKeys.size());
    if (database.newKeysGone < 1024 || database.newKeysGone * 2 < total)
        return;
    // Closing the gaps moves keys down only, which a scan that counts down does not miss.
    std::size_t out = 0;
    for (const QByteArray &key : database.newKeys) {
        const auto it = key.isNull() ? database.overlay.end() : database.overlay.find(key);
        if (it == database.overlay.end())
            continue;
        it->second.newKeyIndex = static_cast<qsizetype>(out);
        database.newKeys[out++] = key;
    }
    database.newKeys.resize(out);
    database.newKeysGone = 0;
}

void Keyspace::drop(Database &database, const QByteArray &key, Entry &entry)
{
    --database.size;
    if (entry.expireAtMs >= 0)
        --database.expires;
    m_overlayBytes -= entry.cost;
    forgetNewKey(database, entry);
    if (entry.inFile) {
        Entry gone;
        gone.deleted = true;
        gone.inFile = true;
        entry = std::move(gone);
    } else {
        database.overlay.erase(key);
    }
}

bool Keyspace::remove(int db, const QByteArray &key)
{
    if (!exists(db, key))
        return false;
    Database &database = at(db);
    const QByteArray name = key; // the caller's may live in the entry
    drop(database, name, overlay(database, name));
    touched(db, name);
    return true;
}

void Keyspace::setExpiry(int db, const QByteArray &key, std::int64_t whenMs)
{
    if (!exists(db, key))
        return;
    Database &database = at(db);
    Entry &entry = overlay(database, key);
    setEntryExpiry(database, key, entry, whenMs);
    entry.attributesChanged = true;
    touched(db, key);
}

void Keyspace::setAccess(int db, const QByteArray &key, std::int64_t idleSeconds, int frequency)
{
    if (!exists(db, key))
        return;
    Entry &entry = overlay(at(db), key);
    entry.idleSeconds = idleSeconds;
    entry.frequency = frequency;
    entry.attributesChanged = true;
}

void Keyspace::copy(int fromDb, const QByteArray &from, int toDb, const QByteArray &to)
{
    const std::optional<KeyFacts> source = facts(fromDb, from);
    if (!source)
        return;
    std::shared_ptr<Object> object;
    QByteArray attributes;
    if (Entry *entry = liveEntry(at(fromDb), from)) {
        object = entry->object; // shared until one of them is edited
        attributes = entry->otherAttributes;
    } else {
        attributes = otherAttributes(*source->record);
    }
    const QByteArray target = to;
    put(toDb, target, Object());
    Database &database = at(toDb);
    Entry &entry = overlay(database, target);
    entry.object = object;
    entry.record = source->record;
    entry.dirty = !source->record;
    entry.idleSeconds = source->idleSeconds;
    entry.frequency = source->frequency;
    if (!attributes.isEmpty())
        entry.otherAttributes = rdb::otherAttributes(attributes, m_snapshot->summary().family, rdb::NameChange::Renamed);
    setEntryExpiry(database, target, entry, source->expireAtMs);
}

void Keyspace::flush(int db)
{
    const bool hadKeys = at(db).size > 0 || at(db).baseDb >= 0;
    for (const auto &[key, entry] : at(db).overlay)
        m_overlayBytes -= entry.cost;
    m_databases[static_cast<std::size_t>(db)] = std::make_unique<Database>();
    if (hadKeys)
        touched(db, QByteArray());
}

void Keyspace::swapDatabases(int a, int b)
{
    std::swap(m_databases[static_cast<std::size_t>(a)], m_databases[static_cast<std::size_t>(b)]);
    touched(a, QByteArray());
    touched(b, QByteArray());
}

std::int64_t Keyspace::size(int db) const
{
    return at(db).size;
}

std::int64_t Keyspace::withExpiry(int db) const
{
    return at(db).expires;
}

std::optional<QByteArray> Keyspace::randomKey(int db) const
{
    const Database &database = at(db);
    if (database.size == 0)
        return std::nullopt;
    const std::int64_t base = database.baseDb < 0 ? 0 : m_snapshot->keyCount(database.baseDb);
    const auto total = static_cast<std::uint64_t>(base) + database.newKeys.size();
    for (int attempt = 0; attempt < 200; ++attempt) {
        const auto pick = static_cast<std::int64_t>(QRandomGenerator::global()->generate64() % total);
        const QByteArray key = pick < base ? m_snapshot->keyAt(database.baseDb, pick)
                                           : database.newKeys[static_cast<std::size_t>(pick - base)];
        if (!key.isNull() && exists(db, key))
            return key;
    }
    std::optional<QByteArray> first;
    forEach(db, [&](const QByteArray &key, const KeyFacts &) {
        first = key;
        return false;
    });
    return first;
}

void Keyspace::forEach(int db, const std::function<bool(const QByteArray &, const KeyFacts &)> &fn) const
{
    const Database &database = at(db);
    const std::int64_t base = database.baseDb < 0 ? 0 : m_snapshot->keyCount(database.baseDb);
    for (std::int64_t i = 0; i < base; ++i) {
        const QByteArray key = m_snapshot->keyAt(database.baseDb, i);
        const std::optional<KeyFacts> found = factsOfBase(database, i, key);
        if (found && !fn(key, *found))
            return;
    }
    for (const QByteArray &key : database.newKeys) {
        if (key.isNull())
            continue;
        const std::optional<KeyFacts> found = facts(db, key);
        if (found && !fn(key, *found))
            return;
    }
}

std::uint64_t Keyspace::scan(int db, std::uint64_t cursor, std::int64_t count,
                             const std::function<void(const QByteArray &, const KeyFacts &)> &fn) const
{
    const Database &database = at(db);
    const std::int64_t base = database.baseDb < 0 ? 0 : m_snapshot->keyCount(database.baseDb);
    std::int64_t left = std::max<std::int64_t>(count, 1);
    const auto give = [&](const QByteArray &key, const std::optional<KeyFacts> &found) {
        if (found)
            fn(key, *found);
        --left;
    };
    if (cursor < kOverlayCursor) {
        for (auto i = static_cast<std::int64_t>(cursor); i < base; ++i) {
            if (left == 0)
                return static_cast<std::uint64_t>(i);
            const QByteArray key = m_snapshot->keyAt(database.baseDb, i);
            give(key, factsOfBase(database, i, key));
        }
        cursor = kOverlayCursor + database.newKeys.size();
    }
    auto remaining = static_cast<std::int64_t>(std::min<std::uint64_t>(cursor - kOverlayCursor, database.newKeys.size()));
    for (; remaining > 0; --remaining) {
        if (left == 0)
            return kOverlayCursor + static_cast<std::uint64_t>(remaining);
        const QByteArray &key = database.newKeys[static_cast<std::size_t>(remaining - 1)];
        if (!key.isNull())
            give(key, facts(db, key));
    }
    return 0;
}

QByteArray Keyspace::otherAttributes(const RecordInfo &record) const
{
    if (record.attributesLength == 0)
        return {};
    return rdb::otherAttributes(m_snapshot->bytesAt(record.recordOffset, record.attributesLength), m_snapshot->summary().family);
}

Keyspace::Saved Keyspace::savedEntry(const QByteArray &key, const Entry &entry)
{
    Saved saved;
    saved.key = key;
    saved.expireAtMs = entry.expireAtMs;
    saved.idleSeconds = entry.idleSeconds;
    saved.frequency = entry.frequency;
    saved.otherAttributes = entry.otherAttributes;
    if (entry.dirty)
        saved.object = entry.object.get();
    else if (entry.attributesChanged)
        saved.record = entry.record;
    else
        saved.untouched = entry.record;
    return saved;
}

Keyspace::Saved Keyspace::savedBase(const Database &database, std::int64_t i) const
{
    const RecordInfo record = m_snapshot->recordAt(database.baseDb, i);
    Saved saved;
    saved.expireAtMs = record.expireAtMs;
    saved.idleSeconds = record.idleSeconds;
    saved.frequency = record.frequency;
    if (record.isInterrupted) {
        saved.key = m_snapshot->keyAt(database.baseDb, i);
        saved.record = record;
        saved.otherAttributes = otherAttributes(record);
    } else {
        saved.untouched = record;
    }
    return saved;
}

void Keyspace::forEachSaved(int db, const std::function<bool(const Saved &)> &fn) const
{
    const Database &database = at(db);
    const auto each = [&](int, std::int64_t first, std::int64_t last) {
        for (std::int64_t i = first; i < last; ++i) {
            if (!fn(savedBase(database, i)))
                return false;
        }
        return true;
    };
    forEachSaved(db, each, fn);
}

void Keyspace::forEachSaved(int db, const SavedRunFn &onRun, const std::function<bool(const Saved &)> &onOther) const
{
    const Database &database = at(db);
    if (database.baseDb >= 0) {
        // What lies between runs, by number; a key without an entry of the overlay is an interrupted one.
        std::map<std::int64_t, const std::pair<const QByteArray, Entry> *> apart;
        for (const std::int64_t i : m_snapshot->interruptedKeys(database.baseDb))
            apart[i] = nullptr;
        for (const auto &entry : database.overlay) {
            if (entry.second.inFile)
                apart[*m_snapshot->numberOf(database.baseDb, entry.first)] = &entry;
        }
        std::int64_t next = 0;
        for (const auto &[i, entry] : apart) {
            if (i > next && !onRun(database.baseDb, next, i))
                return;
            next = i + 1;
            if (entry && entry->second.deleted)
                continue;
            if (!onOther(entry ? savedEntry(entry->first, entry->second) : savedBase(database, i)))
                return;
        }
        const std::int64_t base = m_snapshot->keyCount(database.baseDb);
        if (base > next && !onRun(database.baseDb, next, base))
            return;
    }
    for (const QByteArray &key : database.newKeys) {
        if (key.isNull())
            continue;
        if (!onOther(savedEntry(key, database.overlay.at(key))))
            return;
    }
}

std::int64_t Keyspace::savedCount(int db, std::int64_t *withExpiry) const
{
    const Database &database = at(db);
    std::int64_t keys = database.baseDb < 0 ? 0 : m_snapshot->keyCount(database.baseDb);
    *withExpiry = database.baseDb < 0 ? 0 : m_snapshot->expiryCount(database.baseDb);
    for (const auto &[key, entry] : database.overlay) {
        if (entry.inFile) {
            --keys;
            *withExpiry -= m_snapshot->find(database.baseDb, key)->expireAtMs >= 0 ? 1 : 0;
        }
        if (!entry.deleted) {
            ++keys;
            *withExpiry += entry.expireAtMs >= 0 ? 1 : 0;
        }
    }
    return keys;
}

} // namespace keyloupe
