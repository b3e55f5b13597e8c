// SPDX-License-Identifier: GPL-3.0-or-later
//
// CommandContext: what a command handler gets: its arguments, its client, and the keys of the client's database; with the
// replies and error texts that all families share. Made on the stack for one command.
#pragma once

#include "core/base/number.h"
#include "core/engine/engine_client.h"
#include "core/engine/engine_state.h"
#include "core/engine/object.h"
#include "core/resp/value.h"

#include <QByteArrayList>

#include <cstdint>
#include <optional>

namespace keyloupe {

class CommandContext
{
public:
    CommandContext(EngineState &engineState, EngineClient &engineClient, const CommandSpec &commandSpec, const QByteArrayList &arguments)
        : state(engineState), client(engineClient), spec(commandSpec), args(arguments)
    {
    }

    EngineState &state;
    EngineClient &client;
    const CommandSpec &spec;
    const QByteArrayList &args;

    Keyspace &keys() const { return *state.keyspace; }
    int argc() const { return static_cast<int>(args.size()); }
    const QByteArray &arg(int i) const { return args[i]; }
    bool is(int i, const char *word) const { return i < argc() && args[i].compare(word, Qt::CaseInsensitive) == 0; }
    bool resp3() const { return client.protocol >= 3; }
    int db() const { return client.db; }
    std::int64_t now() const { return state.isLoading ? state.loadingNowMs : keys().now(); }
    /// Whether what expires then is gone at once. Not while loading: the file may still say otherwise.
    bool isDue(std::int64_t whenMs) const { return !state.isLoading && whenMs <= keys().now(); }
    /// Whether a field with this expiry (-1 none) is not there any more.
    bool hasLapsed(std::int64_t expireAtMs) const { return expireAtMs >= 0 && !state.isLoading && keys().now() > expireAtMs; }
    /// No string grows beyond this: proto-max-bulk-len, 512 MiB where nothing else is set.
    std::int64_t maxString() const { return state.configNumber("proto-max-bulk-len", 512ll * 1024 * 1024); }

    /// A lookup for reading: counts as hit or miss. Null when there is no such key.
    const Object *read(const QByteArray &key) const;
    /// Whether the key is there, counting a hit or a miss, without decoding it.
    std::optional<KeyFacts> readFacts(const QByteArray &key) const;
    /// A lookup that counts nothing, before a write.
    const Object *peek(const QByteArray &key) const { return keys().object(db(), key); }
    Object *edit(const QByteArray &key) const { return keys().edit(db(), key); }
    bool exists(const QByteArray &key) const { return keys().exists(db(), key); }
    /// The value for changing; made empty where there is no key. The type must have been checked.
    template <typename T>
    T &editOrCreate(const QByteArray &key) const
    {
        if (Object *object = edit(key))
            return object->template as<T>();
        return keys().put(db(), key, Object(T())).template as<T>();
    }
    /// To be called after each change of a value: category and event are those of keyspace notifications.
    void changed(const QByteArray &key, char category, const char *event) const;
    /// A change of a stream's consumer groups or counters: watchers of the key do not mind it, as on a server. No event when null.
    void groupsChanged(const QByteArray &key, const char *event = nullptr) const;
    /// A new or replaced value, with its event.
    void store(const QByteArray &key, Object object, char category, const char *event, bool keepExpiry = false) const;
    /// For the *STORE commands: an empty result removes the target.
    void storeOrRemove(const QByteArray &key, Object object, char category, const char *event) const;
    bool remove(const QByteArray &key) const;
    void notify(char category, const char *event, const QByteArray &key) const { state.notify(category, event, db(), key); }
};

// Replies that many commands share, in Redis's words.
namespace reply {

RespValue wrongType();
RespValue syntax();
RespValue notInteger();
RespValue notFloat();
RespValue noSuchKey();
RespValue indexOutOfRange();
RespValue outOfRange();          ///< "ERR value is out of range"
RespValue mustBePositive();      ///< "ERR value is out of range, must be positive"
RespValue err(const char *text); ///< "ERR " is put before
RespValue err(const QByteArray &text);
RespValue wrongArgumentCount(const QByteArray &fullName);
inline RespValue integer(std::int64_t value) { return RespValue::ofInteger(value); }
inline RespValue bulk(const QByteArray &bytes) { return RespValue::bulk(bytes); }
RespValue bulkInteger(std::int64_t value);
/// A score: a double in RESP3, its text in RESP2.
inline RespValue score(double value) { return RespValue::ofDouble(value); }
/// The lines of a HELP subcommand.
RespValue help(const char *container, std::initializer_list<const char *> lines);

} // namespace reply

/// Parsed once, used by every SCAN-like command.
struct ScanArguments
{
    std::uint64_t cursor = 0;
    std::int64_t count = 10;
    QByteArray pattern;  ///< null: all
    QByteArray type;     ///< null: all; SCAN only
    bool noValues = false; ///< HSCAN only
};
/// An error reply, or nullopt when all is well. SSCAN and its like look the key up between the two.
std::optional<RespValue> parseScanCursor(const QByteArray &text, ScanArguments *out);
std::optional<RespValue> parseScanOptions(const CommandContext &ctx, int at, bool allowType, ScanArguments *out);
RespValue scanReply(std::uint64_t cursor, std::vector<RespValue> items);

/// Redis's range clamp for LRANGE-like indexes: [start, stop] inclusive; false when empty.
bool clampRange(std::int64_t &start, std::int64_t &stop, std::int64_t size);

/// As C's strtod reads a text to its end or a NUL, where Redis checks no more than that: leading space, nothing at all (0).
std::optional<double> parseLooseDouble(const QByteArray &text, bool mayOverflow);

/// A long double as INCRBYFLOAT reads and prints it, whatever the locale.
std::optional<long double> parseLongDouble(const QByteArray &text);
QByteArray formatLongDouble(long double value);

/// The count of SRANDMEMBER and its like; an error reply, or nullopt when all is well.
std::optional<RespValue> parseRandomCount(const QByteArray &text, std::int64_t *count);
/// With repeats Redis would send for years; what is asked for beyond this is refused here.
inline constexpr std::int64_t kMaxRandomRepeats = 1'000'000;

/// The timeout of a blocking command; an error reply, or nullopt when all is well.
std::optional<RespValue> checkTimeout(const QByteArray &text);

bool addOverflows(std::int64_t a, std::int64_t b);

} // namespace keyloupe
