// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/server_edits.h"

#include "core/base/escape.h"
#include "tests/support/server_scene.h"

namespace keyloupe::test {
namespace {

// A table of command lines as redis-cli reads them.
QList<Command> linesOf(const char *text)
{
    QList<Command> commands;
    for (const QByteArray &line : QByteArray(text).split('\n')) {
        const Result<QByteArrayList> words = splitCommandLine(line.trimmed());
        if (words.ok() && !words->isEmpty())
            commands.append(Command(*words));
    }
    return commands;
}

constexpr char kEverywhere[] = R"(
    SET edit:string value
    SET edit:lapsing value PX 900000000
    SETEX edit:setex 900000 value
    PSETEX edit:psetex 900000000 value
    EXPIRE edit:string 900000
    PERSIST edit:string
    EXPIREAT edit:string 4102444800
    INCR edit:counter
    INCRBY edit:counter 41
    DECRBY edit:counter 7
    INCRBYFLOAT edit:float 0.1
    INCRBYFLOAT edit:float 0.2
    APPEND edit:string +more
    GETSET edit:string new
    SETRANGE edit:range 10 x
    MSETNX edit:m1 1 edit:m2 2
    BITFIELD edit:bits SET u8 #3 200 INCRBY i5 100 7 OVERFLOW SAT INCRBY u2 0 3
    BITOP XOR edit:xor edit:bits edit:range
    PFADD edit:hll a b c d
    PFMERGE edit:merged edit:hll hll:large
    RENAME edit:m1 edit:renamed
    RENAMENX edit:m2 edit:renamednx
    MOVE edit:renamednx 3
    DEL edit:merged
    UNLINK list:one
    SET edit:past value
    PEXPIREAT edit:past 1
    RPUSH edit:list a b c d e f a b c
    LINSERT edit:list BEFORE c x
    LSET edit:list 0 first
    LREM edit:list -1 a
    LTRIM edit:list 0 5
    RPOPLPUSH edit:list edit:other
    BRPOPLPUSH edit:list edit:other 1
    BLPOP edit:list 1
    SORT set:intset LIMIT 0 10 STORE edit:sorted
    SADD edit:set a b c d e f g h
    SPOP edit:set
    SPOP edit:set 3
    SREM set:many member:1 member:2
    SMOVE set:many edit:moved member:3
    SUNIONSTORE edit:union set:int16 set:int32
    SINTERSTORE set:small set:int16 set:many
    HSET edit:hash a 1 b 2 c 3
    HINCRBY edit:hash a 41
    HINCRBYFLOAT edit:hash b 0.25
    HSETNX edit:hash d 4
    HDEL edit:hash c
    HDEL hash:listpack field:0 field:1
    ZADD edit:zset 1 a 2 b 3 c 4 d 5 e
    ZADD edit:zset XX CH INCR 1.5 a
    ZINCRBY edit:zset 0.1 b
    ZPOPMIN edit:zset
    BZPOPMAX edit:zset 1
    ZREMRANGEBYRANK zset:many 0 9
    ZREMRANGEBYSCORE zset:many 40 41
    ZUNIONSTORE edit:zunion 2 edit:zset zset:ties WEIGHTS 2 0.5 AGGREGATE MAX
    GEOADD edit:geo 13.361389 38.115556 Palermo 15.087269 37.502669 Catania
    XADD edit:stream * f v
    XADD edit:stream MAXLEN ~ 1000 * f v
    XADD stream:many MAXLEN 100 1800000000000-0 f v
    XTRIM stream:many MAXLEN 90
    XDEL stream:many 1800000000000-0
    XGROUP CREATE edit:stream g 0
    XREADGROUP GROUP g c1 COUNT 1 STREAMS edit:stream >
    XREADGROUP GROUP g c2 COUNT 1 NOACK STREAMS edit:stream >
    XREADGROUP GROUP g c2 COUNT 1 STREAMS edit:stream 0
    XCLAIM stream:groups "at the start" nobody 0 1-0
    XACK stream:groups "at the start" 1-0
    XGROUP DELCONSUMER stream:gone group alice
    XGROUP DESTROY stream:emptied group
    MULTI
    SET edit:multi 1
    SELECT 4
    SET edit:multi 2
    SELECT 0
    INCR edit:multi
    EXEC
    SWAPDB 9 10
    SELECT 1
    FLUSHDB
    SET after flush
    SELECT 0
)";

constexpr char kSince70[] = R"(
    COPY list:many edit:copied
    COPY set:many edit:copied REPLACE
    COPY zset:many edit:copied DB 5
    GETEX edit:renamed EX 900000
    GETEX edit:renamed PERSIST
    GETDEL edit:range
    SET edit:keep a PXAT 4102444800999
    SET edit:keep b KEEPTTL GET
    EXPIRE edit:keep 900000 LT
    EXPIRE edit:set 900000 NX
    LMOVE edit:other edit:list LEFT RIGHT
    BLMOVE edit:other edit:list RIGHT LEFT 1
    LMPOP 1 list:edge LEFT COUNT 3
    BLMPOP 1 1 list:edge RIGHT COUNT 2
    ZMPOP 1 zset:many MIN COUNT 2
    ZRANGESTORE edit:range zset:many 0 4 REV
    ZDIFFSTORE edit:diff 2 zset:ties edit:zset
    ZADD edit:zset GT CH 9 b 0 c
    GEOSEARCHSTORE edit:near edit:geo FROMLONLAT 15 37 BYRADIUS 300 km
    GEOSEARCHSTORE edit:distances edit:geo FROMLONLAT 15 37 BYRADIUS 300 km STOREDIST
    XADD edit:none NOMKSTREAM * f v
    XADD edit:stream MINID ~ 0-1 LIMIT 100 * f v
    XTRIM stream:groups MINID 5-0
    XGROUP CREATECONSUMER edit:stream g idle
    XGROUP SETID stream:groups counted 32-0 ENTRIESREAD 28
    FUNCTION DELETE first
    FCALL f3 0
)";

constexpr char kFieldExpiry[] = R"(
    HSET edit:fields a 1 b 2 c 3 d 4 e 5
    HEXPIRE edit:fields 900000 FIELDS 1 a
    HPEXPIRE edit:fields 900000000 FIELDS 2 b c
    HEXPIREAT edit:fields 4102444800 GT FIELDS 1 b
    HPERSIST edit:fields FIELDS 1 c
    HPEXPIREAT edit:fields 1 FIELDS 1 d
    HINCRBY edit:fields a 1
    HSET edit:fields b plain
    HINCRBYFLOAT edit:fields a 0.5
    HINCRBYFLOAT edit:fields e 0.5
)";

constexpr char kFieldOptions[] = R"(
    HSETEX edit:fieldsex EX 900000 FIELDS 3 a 1 b 2 c 3
    HSETEX edit:fieldsex FNX FIELDS 2 d 4 e 5
    HSETEX edit:fieldsex KEEPTTL FIELDS 1 a 11
    HSETEX edit:fieldsex PXAT 1 FIELDS 1 e gone
    HGETEX edit:fieldsex PXAT 4102444800777 FIELDS 1 d
    HGETEX edit:fieldsex PERSIST FIELDS 1 b
    HGETDEL edit:fieldsex FIELDS 2 c none
)";

} // namespace

QList<Command> editsOf(const KnownServer &server)
{
    QList<Command> commands = linesOf(kEverywhere);
    commands.append(Command{"EVAL",
                            "redis.call('SET', KEYS[1], ARGV[1]); redis.call('PEXPIRE', KEYS[1], 900000000); for i = 1, 3 do "
                            "redis.call('RPUSH', KEYS[2], i, i / 3) end; redis.call('SELECT', 2); redis.call('HSET', 'in script', 'a', 1) return 1",
                            "2", "edit:script", "edit:script:list", QByteArray("\x00\xff\r\n", 4)});
    if (server.version() >= 700)
        commands += linesOf(kSince70);
    else // what the engine, a Redis 7, replays otherwise: -0 in a small sorted set is 0, no entry that is gone becomes pending
        commands += linesOf("ZREM zset:scores \"score -0\"\nXACK stream:groups \"at the start\" 2-0 7-0 12-0\nXACK stream:groups \"\" 12-0 20-0");
    if (hasFieldExpiry(server))
        commands += linesOf(kFieldExpiry);
    if (server.version() >= (server.isValkey() ? 901 : 800))
        commands += linesOf(kFieldOptions);
    return commands;
}

} // namespace keyloupe::test
