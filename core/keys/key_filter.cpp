// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/key_filter.h"

#include "core/base/escape.h"
#include "core/base/glob.h"

namespace keyloupe {
namespace {

int hexDigit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// UTF-8 with \xNN as bytes. In a glob such a byte stands for itself; other backslashes stay as typed.
QByteArray typedBytes(const QString &text, bool glob)
{
    const QByteArray in = text.toUtf8();
    QByteArray out;
    for (qsizetype i = 0; i < in.size(); ++i) {
        if (in[i] == '\\' && i + 3 < in.size() && in[i + 1] == 'x') {
            const int high = hexDigit(in[i + 2]);
            const int low = hexDigit(in[i + 3]);
            if (high >= 0 && low >= 0) {
                const QByteArray byte(1, static_cast<char>(high * 16 + low));
                out += glob ? globEscape(byte) : byte;
                i += 3;
                continue;
            }
        }
        out += in[i];
        if (glob && in[i] == '\\' && i + 1 < in.size())
            out += in[++i]; // an escaped backslash does not begin another escape
    }
    return out;
}

bool hasWildcard(const QString &text)
{
    return text.contains(QLatin1Char('*')) || text.contains(QLatin1Char('?')) || text.contains(QLatin1Char('['));
}

} // namespace

Result<KeyFilter> KeyFilter::parse(const QString &text)
{
    KeyFilter filter;
    if (text.isEmpty())
        return filter;
    if (text.startsWith(QLatin1String("re:"))) {
        filter.m_kind = Kind::Regex;
        filter.m_regex.setPattern(text.mid(3));
        if (!filter.m_regex.isValid())
            return Error{Errc::InvalidArgument, filter.m_regex.errorString(), filter.m_regex.patternErrorOffset(), text};
        filter.m_regex.optimize();
    } else if (text.startsWith(QLatin1Char('='))) {
        filter.m_kind = Kind::Exact;
        filter.m_pattern = typedBytes(text.mid(1), false);
    } else {
        filter.m_kind = hasWildcard(text) ? Kind::Glob : Kind::Substring;
        filter.m_pattern = typedBytes(text, filter.m_kind == Kind::Glob);
    }
    return filter;
}

QByteArray KeyFilter::serverGlob() const
{
    switch (m_kind) {
    case Kind::All:
    case Kind::Regex: return {};
    case Kind::Glob: return m_pattern;
    case Kind::Exact: return globEscape(m_pattern);
    case Kind::Substring: return '*' + globEscape(m_pattern) + '*';
    }
    return {};
}

bool KeyFilter::matches(QByteArrayView key) const
{
    switch (m_kind) {
    case Kind::All: return true;
    case Kind::Substring: return key.indexOf(m_pattern) >= 0;
    case Kind::Glob: return globMatch(m_pattern, key);
    case Kind::Exact: return compareBytes(key, m_pattern) == 0;
    case Kind::Regex:
        // A name that is not UTF-8 is matched byte by byte, as Latin-1.
        return m_regex.match(isUtf8(key) ? QString::fromUtf8(key) : QString::fromLatin1(key)).hasMatch();
    }
    return false;
}

Result<std::shared_ptr<const KeyIndex>> KeyFilter::apply(const KeyIndex &index, const CancelToken &cancel) const
{
    KeyIndexWriter writer;
    for (KeyIndex::Cursor cursor(index, 0); !cursor.atEnd(); cursor.next()) {
        if (cursor.ordinal() % 4096 == 0 && cancel.isCancelled())
            return cancelledError();
        if (matches(cursor.key()))
            writer.append(cursor.key());
    }
    return writer.finish();
}

} // namespace keyloupe
