// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/server_scene.h"

#include <functional>
#include <limits>
#include <random>

namespace keyloupe::test {
namespace {

QByteArray number(qint64 value)
{
    return QByteArray::number(value);
}

QByteArray everyByte()
{
    QByteArray bytes;
    for (int i = 0; i < 256; ++i)
        bytes.append(char(i));
    return bytes;
}

// Bytes that do not compress, the same in each run.
QByteArray noise(qsizetype size, unsigned seed = 1)
{
    std::minstd_rand random(seed);
    QByteArray bytes(size, '\0');
    for (char &byte : bytes)
        byte = char(random() >> 8);
    return bytes;
}

// One of these at every step of the integer encodings of strings, ziplists, listpacks and intsets.
QByteArrayList edgeNumbers()
{
    QByteArrayList all{"0", "-0", "007", "+1", " 1", "1e5", "9223372036854775808", "18446744073709551615"};
    for (const int bits : {3, 4, 6, 7, 8, 12, 13, 14, 15, 16, 23, 24, 31, 32, 62, 63}) {
        const qint64 top = bits == 63 ? std::numeric_limits<qint64>::max() : (qint64{1} << bits) - 1;
        all += {number(top), number(-top - 1)};
        if (bits < 63)
            all += {number(top + 1), number(-top - 2)};
    }
    return all;
}

class Script
{
public:
    explicit Script(const KnownServer &server) : m_server(server) {}
    QList<Command> commands;

    void run(QByteArrayList args) { commands.append(Command(std::move(args))); }
    void run(QByteArrayList head, const QByteArrayList &tail) { run(head += tail); }

    void strings()
    {
        const QByteArrayList values = edgeNumbers();
        for (qsizetype i = 0; i < values.size(); ++i)
            run({"SET", "string:edge:" + number(i), values[i]});
        for (const int size : {0, 1, 11, 12, 20, 21, 44, 45, 63, 64, 300, 16383, 16384, 70'000}) {
            run({"SET", "string:same:" + number(size), QByteArray(size, 's')});
            run({"SET", "string:noise:" + number(size), noise(size, unsigned(size))});
        }
        run({"SET", "string:bytes", everyByte()});
        run({"SET", "", "the empty name"});
        run({"SET", "12345", "a name that is a number"});
        run({"SET", "-2147483648", "1"});
        run({"SET", everyByte(), "a name of bytes"});
        run({"SET", QByteArray(300, 'k'), "a name that compresses"});
        run({"SET", noise(20'000, 9), "a long name"});
        run({"SET", "\xd0\xba\xd0\xbb\xd1\x8e\xd1\x87:\xe9\x94\xae", "\xe5\x80\xbc"});
        run({"SETRANGE", "string:raw", "1000", "x"});
        run({"SETBIT", "string:bit", "4095", "1"});
        run({"PFADD", "hll:small", "a", "b", "c"});
        QByteArrayList many{"PFADD", "hll:large"};
        for (int i = 0; i < 5000; ++i)
            many += number(i);
        run(many);
    }

    void lists()
    {
        run({"RPUSH", "list:one", ""});
        run({"RPUSH", "list:edge"}, edgeNumbers());
        QByteArrayList sizes;
        for (const int size : {0, 1, 62, 63, 64, 65, 253, 254, 4095, 4096, 5000})
            sizes += {QByteArray(size, 'l'), noise(size, unsigned(size) + 1)};
        run({"RPUSH", "list:sizes"}, sizes);
        QByteArrayList many;
        for (int i = 0; i < 3000; ++i)
            many += (i % 3 == 0 ? number(i) : "element " + number(i * 7919));
        run({"RPUSH", "list:many"}, many);
        run({"RPUSH", "list:large elements", "before", noise(9000), QByteArray(40'000, 'p'), "after", noise(8192, 5)});
        if (m_server.version() < 700)
            return;
        run({"DEBUG", "QUICKLIST-PACKED-THRESHOLD", "200b"});
        run({"RPUSH", "list:plain nodes", "1", noise(300, 2), "two", QByteArray(500, 'q'), noise(201, 3), "3"});
        run({"DEBUG", "QUICKLIST-PACKED-THRESHOLD", "0"});
    }

    void sets()
    {
        run({"SADD", "set:int16", "-32768", "0", "5", "32767"});
        run({"SADD", "set:int32", "-2147483648", "0", "5", "70000"});
        run({"SADD", "set:int64", "-9223372036854775808", "0", "5", "9223372036854775807"});
        run({"SADD", "set:edge"}, edgeNumbers());
        run({"SADD", "set:small", "", "a", everyByte().left(60), "7"});
        run({"SADD", "set:long member", "a", QByteArray(65, 'm')});
        QByteArrayList ints, texts;
        for (int i = 0; i < 700; ++i) {
            ints += number(i * i);
            texts += "member:" + number(i);
        }
        run({"SADD", "set:intset"}, ints.mid(0, 500));
        run({"SADD", "set:many ints"}, ints);
        run({"SADD", "set:many"}, texts);
    }

    void hashes()
    {
        run({"HSET", "hash:small", "a", "1", "", "empty name", "b", "", "\xff\x00\x01", everyByte().left(60)});
        run({"HSET", "hash:long value", "f", QByteArray(65, 'v')});
        run({"HSET", "hash:large value", "f", noise(30'000, 4), "g", QByteArray(30'000, 'v')});
        QByteArrayList fields, edges;
        for (const QByteArray &edge : edgeNumbers())
            edges += {edge, edge};
        for (int i = 0; i < 700; ++i)
            fields += {"field:" + number(i), i % 2 == 0 ? number(i) : QByteArray(i % 90, 'v')};
        run({"HSET", "hash:edge"}, edges);
        run({"HSET", "hash:listpack"}, fields.mid(0, 240));
        run({"HSET", "hash:many"}, fields);
    }

    void sortedSets()
    {
        const QByteArrayList scores{"-inf", "+inf", "0", "-0", "1", "-1", "0.1", "3.0000000000000004", "5e-324", "-2.2250738585072014e-308",
                                    "1.7976931348623157e+308", "9007199254740993", "4611686018427387904", "-4611686018427387905", "1e21", "-0.5"};
        QByteArrayList pairs, many;
        for (const QByteArray &score : scores)
            pairs += {score, "score " + score};
        run({"ZADD", "zset:scores"}, pairs);
        run({"ZADD", "zset:ties", "1", "b", "1", "a", "1", "", "1", QByteArray("\x00\xff", 2), "1", "12"});
        run({"ZADD", "zset:long member", "1", QByteArray(65, 'z'), "-2.5", "x"});
        for (int i = 0; i < 400; ++i)
            many += {number(i % 50) + '.' + number(i), "member:" + number(i)};
        run({"ZADD", "zset:many"}, many);
        // In the large encoding a score keeps its sign of zero.
        run({"ZADD", "zset:many"}, pairs);
    }

    void streams()
    {
        run({"XGROUP", "CREATE", "stream:empty", "group", "$", "MKSTREAM"});
        run({"XADD", "stream:one", "1-1", "f", "v"});
        run({"XADD", "stream:top", "18446744073709551614-18446744073709551615", "", ""});
        run({"XADD", "stream:top", "18446744073709551615-1", everyByte(), everyByte()});
        for (int i = 1; i <= 350; ++i) {
            const QByteArray id = number(1'700'000'000'000 + i * 3) + '-' + number(i % 5);
            if (i % 10 == 0)
                run({"XADD", "stream:many", id, "other", number(i), "shape", QByteArray(i, 'x')});
            else
                run({"XADD", "stream:many", id, "n", number(i), "text", "entry " + number(i)});
        }
        run({"XDEL", "stream:many", "1700000000030-0", "1700000000033-1", "1700000000600-0"});
        for (int i = 1; i <= 120; ++i)
            run({"XADD", "stream:trimmed", "MAXLEN", "7", number(i) + "-0", "i", number(i)});
        for (const char *id : {"5-1", "5-2", "6-0"})
            run({"XADD", "stream:emptied", id, "f", "v"});
        run({"XGROUP", "CREATE", "stream:emptied", "group", "0"});
        run({"XDEL", "stream:emptied", "5-1", "5-2", "6-0"});
        if (m_server.version() >= 700) {
            run({"XADD", "stream:set", "1-1", "a", "b"});
            run({"XSETID", "stream:set", "99-9", "ENTRIESADDED", "500", "MAXDELETEDID", "50-1"});
        } else {
            run({"XADD", "stream:set", "1-1", "a", "b"});
            run({"XSETID", "stream:set", "99-9"});
        }
        groups();
    }

    void groups()
    {
        for (int i = 1; i <= 40; ++i)
            run({"XADD", "stream:groups", number(i) + "-0", "i", number(i)});
        run({"XGROUP", "CREATE", "stream:groups", "at the start", "0"});
        run({"XGROUP", "CREATE", "stream:groups", "at the end", "$"});
        run({"XGROUP", "CREATE", "stream:groups", "", "7-0"});
        run({"XGROUP", "CREATE", "stream:groups", QByteArray("\x00\xff", 2), "3-3"});
        run({"XREADGROUP", "GROUP", "at the start", "alice", "COUNT", "10", "STREAMS", "stream:groups", ">"});
        run({"XREADGROUP", "GROUP", "at the start", everyByte(), "COUNT", "5", "STREAMS", "stream:groups", ">"});
        run({"XREADGROUP", "GROUP", "", "bob", "COUNT", "100", "STREAMS", "stream:groups", ">"});
        run({"XREADGROUP", "GROUP", "at the end", "nothing to read", "STREAMS", "stream:groups", ">"});
        run({"XACK", "stream:groups", "at the start", "1-0", "3-0"});
        run({"XCLAIM", "stream:groups", "at the start", "carol", "0", "4-0", "5-0", "TIME", "1700000000123", "RETRYCOUNT", "17"});
        run({"XCLAIM", "stream:groups", "at the start", "carol", "0", "6-0", "IDLE", "5000", "JUSTID"});
        // Handed out, then deleted: they stay pending.
        run({"XDEL", "stream:groups", "2-0", "7-0", "12-0", "20-0"});
        run({"XGROUP", "SETID", "stream:groups", "at the end", "33-0"});
        if (m_server.version() >= 700) {
            run({"XGROUP", "CREATECONSUMER", "stream:groups", "at the start", "idle"});
            run({"XGROUP", "CREATE", "stream:groups", "counted", "30-0", "ENTRIESREAD", "26"});
            run({"XGROUP", "CREATE", "stream:groups", "counted at zero", "0", "ENTRIESREAD", "0"});
        }
        // Pending entries of a stream that has none any more.
        run({"XADD", "stream:gone", "1-0", "f", "v"});
        run({"XADD", "stream:gone", "2-0", "f", "v"});
        run({"XGROUP", "CREATE", "stream:gone", "group", "0"});
        run({"XREADGROUP", "GROUP", "group", "alice", "STREAMS", "stream:gone", ">"});
        run({"XDEL", "stream:gone", "1-0", "2-0"});
        run({"XADD", "stream:lapsing", "1-0", "f", "v"});
        run({"PEXPIREAT", "stream:lapsing", number(kSceneExpiry)});
    }

    void fieldExpiry()
    {
        const auto expire = [&](const QByteArray &key, qint64 when, const QByteArrayList &fields) {
            run({"HPEXPIREAT", key, number(when), "FIELDS", number(fields.size())}, fields);
        };
        run({"HSET", "fields:small", "a", "1", "b", "2", "c", "3", "d", "stays"});
        expire("fields:small", kSceneExpiry + 5000, {"a"});
        expire("fields:small", kSceneExpiry + 1000, {"b"});
        expire("fields:small", kSceneExpiry + 3000, {"c"});
        run({"HSET", "fields:all", "x", "1", "", "2"});
        expire("fields:all", kSceneExpiry, {"x", ""});
        run({"HSET", "fields:kept", "x", "1", "y", "2"});
        expire("fields:kept", kSceneExpiry, {"x"});
        run({"HPERSIST", "fields:kept", "FIELDS", "1", "x"});
        run({"HSET", "fields:and key", "x", QByteArray(100, 'v'), "y", "2"});
        expire("fields:and key", kSceneExpiry + 7, {"x"});
        run({"PEXPIREAT", "fields:and key", number(kSceneExpiry - 1)});
        run({"HSET", "fields:far", "x", "1"});
        expire("fields:far", (qint64{1} << 46) - 1, {"x"});
        QByteArrayList pairs;
        for (int i = 0; i < 600; ++i)
            pairs += {"field:" + number(i), number(i)};
        run({"HSET", "fields:many"}, pairs);
        for (int i = 0; i < 600; i += 3)
            expire("fields:many", kSceneExpiry + (i * 37) % 1000, {"field:" + number(i)});
    }

    void databasesAndExpiry()
    {
        int db = 0;
        for (const int next : {1, 9, 15}) {
            run({"SELECT", number(next)});
            run({"SET", "same name", "in " + number(next)});
            run({"SET", "expires", "soon enough"});
            run({"PEXPIREAT", "expires", number(kSceneExpiry + ++db)});
        }
        run({"RPUSH", "list", "a", "b"});
        run({"SADD", "set", "1", "2"});
        run({"HSET", "hash", "a", "1"});
        run({"ZADD", "zset", "1", "a"});
        for (const char *key : {"list", "set", "hash", "zset"})
            run({"PEXPIREAT", key, number(kSceneExpiry * 30)});
        run({"SELECT", "0"});
    }

    void scripts()
    {
        if (!hasFunctions(m_server)) {
            run({"SCRIPT", "LOAD", "return {KEYS[1], 'kept in the file'}"});
            return;
        }
        run({"FUNCTION", "LOAD", "#!lua name=first\nredis.register_function('f1', function(keys, args) return 'a\\0b' end)"});
        run({"FUNCTION", "LOAD", "#!lua name=second\n-- " + QByteArray(300, '-')
                                         + "\nredis.register_function{function_name='f2', callback=function() return 1 end, flags={'no-writes'}, "
                                           "description='\xd1\x84'}\nredis.register_function('f3', function() return 2 end)"});
    }

private:
    const KnownServer &m_server;
};

} // namespace

QList<ServerScene> scenesOf(const KnownServer &server)
{
    QList<ServerScene> scenes;
    const auto add = [&](const char *name, const QStringList &arguments, const std::function<void(Script &)> &fill) {
        Script script(server);
        fill(script);
        scenes.append({name, arguments, script.commands});
    };
    const auto everything = [](Script &script) {
        script.strings();
        script.lists();
        script.sets();
        script.hashes();
        script.sortedSets();
        script.streams();
        script.databasesAndExpiry();
        script.scripts();
    };
    add("everything", {}, everything);
    add("raw", {QStringLiteral("--rdbcompression"), QStringLiteral("no"), QStringLiteral("--rdbchecksum"), QStringLiteral("no")}, everything);
    add("inner nodes compressed", {QStringLiteral("--list-compress-depth"), QStringLiteral("1")}, [](Script &script) { script.lists(); });
    const auto few = [](Script &script) {
        for (int i = 0; i < 40; ++i)
            script.run({"SET", "key:" + number(i), number(i)});
        for (int i = 0; i < 2000; ++i)
            script.run({"GET", "key:7"});
        script.run({"HSET", "hash", "a", "1"});
        script.run({"PEXPIREAT", "hash", number(kSceneExpiry)});
    };
    for (const char *policy : {"allkeys-lfu", "allkeys-lru"})
        add(policy, {QStringLiteral("--maxmemory-policy"), QLatin1String(policy)}, few);
    add("empty", {}, [](Script &) {});
    if (hasFieldExpiry(server))
        add("fields that expire", {}, [](Script &script) { script.fieldExpiry(); });
    if (hasVectorSets(server)) {
        add("vector sets", {}, [](Script &script) {
            for (int i = 0; i < 30; ++i)
                script.run({"VADD", "vectors", "VALUES", "3", number(i), number(i * i % 7) + ".5", "-1", "element " + number(i)});
            script.run({"VSETATTR", "vectors", "element 3", "{\"a\":1}"});
            script.run({"SET", "beside", "it"});
        });
    }
    if (hasIdempotentStreams(server)) {
        add("idempotent producers", {}, [](Script &script) {
            for (int i = 0; i < 30; ++i)
                script.run({"XADD", "stream", "IDMP", "producer " + number(i % 3), "once " + number(i % 20), "*", "n", number(i)});
            script.run({"XADD", "configured", "1-1", "a", "b"});
            script.run({"XCFGSET", "configured", "IDMP-DURATION", "3600", "IDMP-MAXSIZE", "7"});
        });
    }
    return scenes;
}

} // namespace keyloupe::test
