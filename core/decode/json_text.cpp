// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decode/json_text.h"

#include "core/base/escape.h"

#include <algorithm>
#include <vector>

namespace keyloupe {
namespace {

bool isSpace(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isHex(char c)
{
    return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

Error wrongAt(qsizetype offset, const QString &what)
{
    return Error{Errc::Corrupt, what, offset, {}};
}

// End of the string that opens at `at`, or -1.
qsizetype stringEnd(QByteArrayView text, qsizetype at)
{
    for (++at; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '"')
            return at + 1;
        if (static_cast<unsigned char>(c) < 0x20)
            return -1;
        if (c != '\\')
            continue;
        if (++at >= text.size())
            return -1;
        if (text[at] == 'u') {
            if (at + 4 >= text.size() || !std::all_of(text.begin() + at + 1, text.begin() + at + 5, isHex))
                return -1;
            at += 4;
        } else if (!QByteArrayView("\"\\/bfnrt").contains(text[at])) {
            return -1;
        }
    }
    return -1;
}

qsizetype digitsEnd(QByteArrayView text, qsizetype at)
{
    while (at < text.size() && isDigit(text[at]))
        ++at;
    return at;
}

qsizetype numberEnd(QByteArrayView text, qsizetype at)
{
    if (text[at] == '-')
        ++at;
    if (at >= text.size() || !isDigit(text[at]))
        return -1;
    at = text[at] == '0' ? at + 1 : digitsEnd(text, at);
    if (at < text.size() && text[at] == '.') {
        const qsizetype end = digitsEnd(text, at + 1);
        if (end == at + 1)
            return -1;
        at = end;
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        if (at < text.size() && (text[at] == '+' || text[at] == '-'))
            ++at;
        const qsizetype end = digitsEnd(text, at);
        if (end == at)
            return -1;
        at = end;
    }
    return at;
}

// End of the string, number or word at `at`, or -1.
qsizetype scalarEnd(QByteArrayView text, qsizetype at)
{
    const char c = text[at];
    if (c == '"')
        return stringEnd(text, at);
    if (c == '-' || isDigit(c))
        return numberEnd(text, at);
    for (const QByteArrayView word : {QByteArrayView("true"), QByteArrayView("false"), QByteArrayView("null")}) {
        if (text.sliced(at).startsWith(word))
            return at + word.size();
    }
    return -1;
}

// Tokens in order, through a state machine; `Sink` gets them as they are written.
template <typename Sink>
Result<void> walk(QByteArrayView text, Sink &sink)
{
    enum class Expect { Value, ValueOrEnd, NameOrEnd, Name, Colon, CommaOrEnd, Nothing };
    std::vector<char> open; // '{' or '['
    Expect expect = Expect::Value;
    qsizetype at = 0;
    const auto afterValue = [&open] { return open.empty() ? Expect::Nothing : Expect::CommaOrEnd; };
    for (;;) {
        while (at < text.size() && isSpace(text[at]))
            ++at;
        if (at >= text.size())
            break;
        if (sink.isFull())
            return Error{Errc::LimitExceeded, QStringLiteral("the JSON laid out is too large"), at, {}};
        const char c = text[at];
        if (expect == Expect::Nothing)
            return wrongAt(at, QStringLiteral("there is more text behind the end of the JSON"));
        if (expect == Expect::Colon) {
            if (c != ':')
                return wrongAt(at, QStringLiteral("a colon is missing"));
            sink.colon();
            ++at;
            expect = Expect::Value;
            continue;
        }
        const bool mayEnd = expect == Expect::CommaOrEnd || expect == Expect::ValueOrEnd || expect == Expect::NameOrEnd;
        if (mayEnd && !open.empty() && c == (open.back() == '{' ? '}' : ']')) {
            open.pop_back();
            sink.close(c, expect != Expect::CommaOrEnd);
            ++at;
            expect = afterValue();
            continue;
        }
        if (expect == Expect::CommaOrEnd) {
            if (c != ',')
                return wrongAt(at, QStringLiteral("a comma or the closing bracket is missing"));
            sink.comma();
            ++at;
            expect = open.back() == '{' ? Expect::Name : Expect::Value;
            continue;
        }
        const bool name = expect == Expect::Name || expect == Expect::NameOrEnd;
        if (!name && (c == '{' || c == '[')) {
            sink.value();
            sink.open(c);
            open.push_back(c);
            ++at;
            expect = c == '{' ? Expect::NameOrEnd : Expect::ValueOrEnd;
            continue;
        }
        if (name && c != '"')
            return wrongAt(at, QStringLiteral("a name in double quotes is missing"));
        const qsizetype end = scalarEnd(text, at);
        if (end < 0)
            return wrongAt(at, c == '"' ? QStringLiteral("this string is not closed or holds a wrong escape") : QStringLiteral("this is no JSON value"));
        sink.value();
        sink.scalar(text.sliced(at, end - at));
        at = end;
        expect = name ? Expect::Colon : afterValue();
    }
    if (expect != Expect::Nothing)
        return wrongAt(text.size(), QStringLiteral("the JSON ends too early"));
    return {};
}

struct NullSink
{
    bool isFull() const { return false; }
    void value() { }
    void open(char) { }
    void close(char, bool) { }
    void colon() { }
    void comma() { }
    void scalar(QByteArrayView) { }
};

struct LayoutSink
{
    static constexpr qsizetype kMaxIndent = 200; // deeper nesting is not indented further, or the text would grow with its square
    JsonLayout layout;
    qsizetype limit;
    QByteArray out = {};
    qsizetype depth = 0;
    bool newLine = false;

    bool isFull() const { return out.size() > limit; }
    void breakLine()
    {
        if (layout.indent < 0)
            return;
        out += '\n';
        out += QByteArray(std::min(layout.indent * depth, kMaxIndent), layout.indentWith);
    }
    void value()
    {
        if (newLine)
            breakLine();
        newLine = false;
    }
    void open(char c)
    {
        out += c;
        ++depth;
        newLine = true;
    }
    void close(char c, bool empty)
    {
        --depth;
        newLine = false;
        if (!empty)
            breakLine();
        out += c;
    }
    void colon() { out += layout.spaceAfterColon ? ": " : ":"; }
    void comma()
    {
        out += layout.indent < 0 && layout.spaceAfterComma ? ", " : ",";
        newLine = true;
    }
    void scalar(QByteArrayView token) { out += token; }
};

// Brackets in brackets grow by their indent: megabytes of them would take gigabytes. JSON that says something does not.
qsizetype largest(QByteArrayView bytes)
{
    return std::max<qsizetype>(64 * 1024 * 1024, 4 * bytes.size());
}

Result<QByteArray> layOut(QByteArrayView bytes, const JsonLayout &layout, qsizetype limit)
{
    LayoutSink sink{layout, limit};
    KL_CHECK(walk(bytes, sink));
    return std::move(sink.out);
}

Error notUtf8()
{
    return wrongAt(0, QStringLiteral("the text is not UTF-8"));
}

} // namespace

Result<void> checkJson(QByteArrayView bytes)
{
    if (!isUtf8(bytes))
        return notUtf8();
    NullSink sink;
    return walk(bytes, sink);
}

Result<QByteArray> layOutJson(QByteArrayView bytes, const JsonLayout &layout)
{
    if (!isUtf8(bytes))
        return notUtf8();
    return layOut(bytes, layout, largest(bytes));
}

Result<QByteArray> prettyJson(QByteArrayView bytes)
{
    return layOutJson(bytes, {2, ' ', false, true});
}

Result<QByteArray> compactJson(QByteArrayView bytes)
{
    return layOutJson(bytes, {});
}

std::optional<JsonLayout> detectJsonLayout(QByteArrayView bytes)
{
    // What JSON.stringify, json.dumps, PHP, Go, Jackson and their pretty printers write.
    constexpr JsonLayout kKnown[] = {{},
                                     {-1, ' ', true, true},
                                     {-1, ' ', false, true},
                                     {2, ' ', false, true},
                                     {4, ' ', false, true},
                                     {1, '\t', false, true}};
    if (!isUtf8(bytes))
        return std::nullopt;
    const auto *found = std::find_if(std::begin(kKnown), std::end(kKnown), [bytes](const JsonLayout &layout) {
        const Result<QByteArray> laidOut = layOut(bytes, layout, bytes.size()); // a longer one is another
        return laidOut.ok() && *laidOut == bytes;
    });
    return found == std::end(kKnown) ? std::nullopt : std::optional<JsonLayout>(*found);
}

bool looksLikeJson(QByteArrayView bytes)
{
    const auto first = std::find_if_not(bytes.begin(), bytes.end(), isSpace);
    const auto last = std::find_if_not(bytes.rbegin(), bytes.rend(), isSpace);
    return first != bytes.end() && ((*first == '{' && *last == '}') || (*first == '[' && *last == ']'));
}

} // namespace keyloupe
