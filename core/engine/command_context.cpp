// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/command_context.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <locale>
#include <sstream>

namespace keyloupe {

std::optional<KeyFacts> CommandContext::readFacts(const QByteArray &key) const
{
    std::optional<KeyFacts> facts = keys().facts(db(), key);
    ++(facts ? state.statistics.hits : state.statistics.misses);
    return facts;
}

const Object *CommandContext::read(const QByteArray &key) const
{
    const Object *object = keys().object(db(), key);
    if (object) {
        ++state.statistics.hits;
    } else {
        ++state.statistics.misses;
        notify('m', "keymiss", key);
    }
    return object;
}

void CommandContext::changed(const QByteArray &key, char category, const char *event) const
{
    const QByteArray name = key;
    keys().changed(db(), name);
    notify(category, event, name);
    if (!exists(name))
        notify('g', "del", name);
}

void CommandContext::groupsChanged(const QByteArray &key, const char *event) const
{
    keys().changed(db(), key, false);
    if (event)
        notify('t', event, key);
}

void CommandContext::store(const QByteArray &key, Object object, char category, const char *event, bool keepExpiry) const
{
    const QByteArray name = key;
    keys().put(db(), name, std::move(object), keepExpiry);
    notify(category, event, name);
}

void CommandContext::storeOrRemove(const QByteArray &key, Object object, char category, const char *event) const
{
    if (object.isEmptyAggregate()) {
        remove(key);
        return;
    }
    store(key, std::move(object), category, event);
}

bool CommandContext::remove(const QByteArray &key) const
{
    const QByteArray name = key;
    if (!keys().remove(db(), name))
        return false;
    notify('g', "del", name);
    return true;
}

namespace reply {

RespValue err(const QByteArray &text)
{
    return RespValue::error("ERR " + text);
}
RespValue err(const char *text)
{
    return err(QByteArray(text));
}
RespValue wrongType()
{
    return RespValue::error("WRONGTYPE Operation against a key holding the wrong kind of value");
}
RespValue syntax()
{
    return err("syntax error");
}
RespValue notInteger()
{
    return err("value is not an integer or out of range");
}
RespValue notFloat()
{
    return err("value is not a valid float");
}
RespValue noSuchKey()
{
    return err("no such key");
}
RespValue indexOutOfRange()
{
    return err("index out of range");
}
RespValue outOfRange()
{
    return err("value is out of range");
}
RespValue mustBePositive()
{
    return err("value is out of range, must be positive");
}
RespValue wrongArgumentCount(const QByteArray &fullName)
{
    return err("wrong number of arguments for '" + fullName + "' command");
}
RespValue bulkInteger(std::int64_t value)
{
    return RespValue::bulk(QByteArray::number(static_cast<qint64>(value)));
}
RespValue help(const char *container, std::initializer_list<const char *> lines)
{
    std::vector<RespValue> items;
    items.push_back(RespValue::simple(QByteArray(container) + " <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"));
    for (const char *line : lines)
        items.push_back(RespValue::simple(line));
    items.push_back(RespValue::simple("HELP"));
    items.push_back(RespValue::simple("    Prints this help."));
    return RespValue::array(std::move(items));
}

} // namespace reply

// As strtoul reads it: nothing is zero, and a negative number wraps around.
std::optional<RespValue> parseScanCursor(const QByteArray &text, ScanArguments *out)
{
    const bool negative = text.startsWith('-');
    const char *first = text.constData() + (negative || text.startsWith('+') ? 1 : 0);
    const char *last = text.constData() + text.size();
    std::uint64_t value = 0;
    const auto [end, status] = std::from_chars(first, last, value);
    if (!text.isEmpty() && (status != std::errc() || end != last))
        return reply::err("invalid cursor");
    out->cursor = negative ? 0 - value : value;
    return std::nullopt;
}

std::optional<RespValue> parseRandomCount(const QByteArray &text, std::int64_t *count)
{
    const std::optional<std::int64_t> given = parseInt64(text);
    if (!given)
        return reply::notInteger();
    if (*given == std::numeric_limits<std::int64_t>::min())
        return reply::err("value is out of range, value must between -9223372036854775807 and 9223372036854775807");
    *count = *given;
    return std::nullopt;
}

std::optional<RespValue> parseScanOptions(const CommandContext &ctx, int at, bool allowType, ScanArguments *out)
{
    for (int i = at; i < ctx.argc(); ++i) {
        const bool hasValue = i + 1 < ctx.argc();
        if (ctx.is(i, "count") && hasValue) {
            const std::optional<std::int64_t> count = parseInt64(ctx.arg(++i));
            if (!count)
                return reply::notInteger();
            if (*count < 1)
                return reply::syntax();
            out->count = *count;
        } else if (ctx.is(i, "match") && hasValue) {
            out->pattern = ctx.arg(++i);
            if (out->pattern.isNull())
                out->pattern = "";
        } else if (allowType && ctx.is(i, "type") && hasValue) {
            out->type = ctx.arg(++i).toLower();
        } else if (ctx.is(i, "novalues") && qstrcmp(ctx.spec.name, "hscan") == 0) {
            out->noValues = true;
        } else {
            return reply::syntax();
        }
    }
    return std::nullopt;
}

RespValue scanReply(std::uint64_t cursor, std::vector<RespValue> items)
{
    return RespValue::array({RespValue::bulk(QByteArray::number(static_cast<qulonglong>(cursor))), RespValue::array(std::move(items))});
}

bool clampRange(std::int64_t &start, std::int64_t &stop, std::int64_t size)
{
    if (start < 0)
        start += size;
    if (stop < 0)
        stop += size;
    start = std::max<std::int64_t>(start, 0);
    if (start > stop || start >= size)
        return false;
    stop = std::min(stop, size - 1);
    return true;
}

std::optional<double> parseLooseDouble(const QByteArray &text, bool mayOverflow)
{
    const QByteArray whole = text.left(text.indexOf('\0') < 0 ? text.size() : text.indexOf('\0'));
    const auto first = std::find_if_not(whole.begin(), whole.end(), [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); });
    if (first == whole.end())
        return whole.isEmpty() ? std::optional<double>(0) : std::nullopt;
    const QByteArray rest = whole.mid(first - whole.begin());
    if (const std::optional<double> value = parseDouble(rest))
        return value;
    const std::optional<long double> large = mayOverflow ? parseLongDouble(rest) : std::nullopt;
    return large ? std::optional<double>(static_cast<double>(*large)) : std::nullopt;
}

std::optional<long double> parseLongDouble(const QByteArray &text)
{
    if (text.isEmpty() || text.size() >= 5 * 1024 || text[0] == ' ')
        return std::nullopt;
    const QByteArray lower = text.toLower();
    if (lower == "inf" || lower == "+inf" || lower == "infinity" || lower == "+infinity")
        return std::numeric_limits<long double>::infinity();
    if (lower == "-inf" || lower == "-infinity")
        return -std::numeric_limits<long double>::infinity();
    const bool negative = lower.startsWith('-');
    const QByteArray digits = lower.mid(negative || lower.startsWith('+') ? 1 : 0);
    if (digits.startsWith("0x")) {
        long double value = 0;
        const char *end = digits.constData() + digits.size();
        const auto [last, status] = std::from_chars(digits.constData() + 2, end, value, std::chars_format::hex);
        const bool whole = status == std::errc() && last == end && digits[2] != '-' && std::isfinite(value);
        return whole ? std::optional<long double>(negative ? -value : value) : std::nullopt;
    }
    // Not strtold: it follows the locale, and a decimal comma must not change what a key holds.
    std::istringstream in(text.toStdString());
    in.imbue(std::locale::classic());
    long double value = 0;
    in >> std::noskipws >> value;
    if (in.fail() || in.peek() != std::istringstream::traits_type::eof() || std::isnan(value) || std::isinf(value))
        return std::nullopt;
    return value;
}

QByteArray formatLongDouble(long double value)
{
    if (std::isinf(value))
        return value > 0 ? "inf" : "-inf";
    std::ostringstream out;
    out.imbue(std::locale::classic());
    out.setf(std::ios::fixed);
    out.precision(17);
    out << value;
    std::string text = out.str();
    if (text.find('.') != std::string::npos) {
        text.erase(text.find_last_not_of('0') + 1);
        if (text.back() == '.')
            text.pop_back();
    }
    return text == "-0" ? QByteArray("0") : QByteArray::fromStdString(text);
}

std::optional<RespValue> checkTimeout(const QByteArray &text)
{
    const std::optional<long double> seconds = parseLongDouble(text);
    if (!seconds)
        return reply::err("timeout is not a float or out of range");
    if (*seconds < 0)
        return reply::err("timeout is negative");
    if (*seconds * 1000 > static_cast<long double>(std::numeric_limits<std::int64_t>::max()))
        return reply::err("timeout is out of range");
    return std::nullopt;
}

bool addOverflows(std::int64_t a, std::int64_t b)
{
    return (b > 0 && a > std::numeric_limits<std::int64_t>::max() - b) || (b < 0 && a < std::numeric_limits<std::int64_t>::min() - b);
}

} // namespace keyloupe
