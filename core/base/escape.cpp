// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/escape.h"

namespace keyloupe {
namespace {

constexpr char kHex[] = "0123456789abcdef";

void appendHex(QByteArray &out, unsigned char c)
{
    out.append("\\x");
    out.append(kHex[c >> 4]);
    out.append(kHex[c & 15]);
}

int hexValue(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

// Decodes one UTF-8 sequence at `i`; 0 bytes when it is broken.
int decodeUtf8(QByteArrayView bytes, qsizetype i, char32_t *codePoint)
{
    const auto at = [&](qsizetype k) { return static_cast<unsigned char>(bytes[k]); };
    const unsigned char lead = at(i);
    int length = 0;
    char32_t value = 0;
    char32_t minimum = 0;
    if (lead < 0x80) {
        *codePoint = lead;
        return 1;
    }
    if ((lead & 0xe0) == 0xc0) {
        length = 2;
        value = lead & 0x1fu;
        minimum = 0x80;
    } else if ((lead & 0xf0) == 0xe0) {
        length = 3;
        value = lead & 0x0fu;
        minimum = 0x800;
    } else if ((lead & 0xf8) == 0xf0) {
        length = 4;
        value = lead & 0x07u;
        minimum = 0x10000;
    } else {
        return 0;
    }
    if (i + length > bytes.size())
        return 0;
    for (int k = 1; k < length; ++k) {
        if ((at(i + k) & 0xc0) != 0x80)
            return 0;
        value = (value << 6) | (at(i + k) & 0x3fu);
    }
    if (value < minimum || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return 0;
    *codePoint = value;
    return length;
}

// Invisible or direction-changing characters that could make one name look like another.
bool isDeceptive(char32_t c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0xad || c == 0x61c || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e)
            || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe007f);
}

} // namespace

QByteArray quoteBytes(QByteArrayView bytes)
{
    QByteArray out;
    out.reserve(bytes.size() + 2);
    out.append('"');
    for (const char ch : bytes) {
        const auto c = static_cast<unsigned char>(ch);
        switch (c) {
        case '\\': out.append("\\\\"); break;
        case '"': out.append("\\\""); break;
        case '\n': out.append("\\n"); break;
        case '\r': out.append("\\r"); break;
        case '\t': out.append("\\t"); break;
        case '\a': out.append("\\a"); break;
        case '\b': out.append("\\b"); break;
        default:
            if (c >= 0x20 && c < 0x7f)
                out.append(ch);
            else
                appendHex(out, c);
        }
    }
    out.append('"');
    return out;
}

QByteArray quoteArgument(QByteArrayView bytes)
{
    bool bare = !bytes.isEmpty();
    for (const char ch : bytes) {
        const auto c = static_cast<unsigned char>(ch);
        bare = bare && c > 0x20 && c < 0x7f && c != '"' && c != '\'' && c != '\\';
    }
    return bare ? bytes.toByteArray() : quoteBytes(bytes);
}

namespace {

bool isBlank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

// Behind an opening double quote at `i`: appends up to the closing one and moves behind it; false when there is none.
bool takeDoubleQuoted(QByteArrayView line, qsizetype *i, QByteArray *arg)
{
    while (*i < line.size()) {
        const char c = line[*i];
        if (c == '"') {
            ++*i;
            return true;
        }
        if (c != '\\' || *i + 1 >= line.size()) {
            arg->append(c);
            ++*i;
            continue;
        }
        const char e = line[*i + 1];
        if (e == 'x' && *i + 3 < line.size() && hexValue(line[*i + 2]) >= 0 && hexValue(line[*i + 3]) >= 0) {
            arg->append(static_cast<char>(hexValue(line[*i + 2]) * 16 + hexValue(line[*i + 3])));
            *i += 4;
            continue;
        }
        switch (e) {
        case 'n': arg->append('\n'); break;
        case 'r': arg->append('\r'); break;
        case 't': arg->append('\t'); break;
        case 'b': arg->append('\b'); break;
        case 'a': arg->append('\a'); break;
        default: arg->append(e);
        }
        *i += 2;
    }
    return false;
}

// The same for single quotes, in which only \' is an escape.
bool takeSingleQuoted(QByteArrayView line, qsizetype *i, QByteArray *arg)
{
    while (*i < line.size()) {
        if (line[*i] == '\'') {
            ++*i;
            return true;
        }
        if (line[*i] == '\\' && *i + 1 < line.size() && line[*i + 1] == '\'')
            ++*i;
        arg->append(line[(*i)++]);
    }
    return false;
}

} // namespace

Result<QByteArrayList> splitCommandLine(QByteArrayView line)
{
    const auto broken = [](const char *why, qsizetype at) {
        return Error{Errc::InvalidArgument, QString::fromLatin1(why), at, {}};
    };
    QByteArrayList args;
    qsizetype i = 0;
    for (;;) {
        while (i < line.size() && isBlank(line[i]))
            ++i;
        if (i == line.size())
            return args;
        QByteArray arg;
        // As redis-cli: a quote may open inside a word (a"b c" is one argument), but its close ends the argument.
        while (i < line.size() && line[i] != ' ' && line[i] != '\t' && line[i] != '\n' && line[i] != '\r') {
            const char c = line[i];
            if (c != '"' && c != '\'') {
                arg.append(c);
                ++i;
                continue;
            }
            const qsizetype opened = i++;
            const bool closed = c == '"' ? takeDoubleQuoted(line, &i, &arg) : takeSingleQuoted(line, &i, &arg);
            if (!closed)
                return broken(c == '"' ? "a double quote is not closed" : "a single quote is not closed", opened);
            if (i < line.size() && !isBlank(line[i]))
                return broken("a closing quote must be followed by a space", i);
            break;
        }
        args.append(arg);
    }
}

bool isUtf8(QByteArrayView bytes)
{
    for (qsizetype i = 0; i < bytes.size();) {
        char32_t c = 0;
        const int length = decodeUtf8(bytes, i, &c);
        if (length == 0 || c == 0)
            return false;
        i += length;
    }
    return true;
}

QString displayText(QByteArrayView bytes, int maxChars)
{
    QString out;
    out.reserve(maxChars > 0 ? std::min<qsizetype>(bytes.size(), maxChars) : bytes.size());
    for (qsizetype i = 0; i < bytes.size();) {
        if (maxChars > 0 && out.size() >= maxChars)
            return out + QChar(0x2026);
        char32_t c = 0;
        const int length = decodeUtf8(bytes, i, &c);
        if (length == 0 || isDeceptive(c)) {
            for (int k = 0; k < std::max(length, 1); ++k) {
                const auto b = static_cast<unsigned char>(bytes[i + k]);
                out += QLatin1String("\\x") + QLatin1Char(kHex[b >> 4]) + QLatin1Char(kHex[b & 15]);
            }
            i += std::max(length, 1);
            continue;
        }
        out += QString::fromUcs4(&c, 1);
        i += length;
    }
    return out;
}

} // namespace keyloupe
