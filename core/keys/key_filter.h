// SPDX-License-Identifier: GPL-3.0-or-later
//
// KeyFilter: what a person types above the tree. `*?[` make a Redis glob, `re:` a regular expression, `=` an exact name,
// anything else a substring. `\xNN` stands for a byte everywhere but in a regular expression, so that a name copied in
// its escaped form finds itself. A value; any thread.
#pragma once

#include "core/base/cancel_token.h"
#include "core/base/result.h"
#include "core/keys/key_index.h"

#include <QByteArray>
#include <QRegularExpression>
#include <QString>

#include <memory>

namespace keyloupe {

class KeyFilter
{
public:
    enum class Kind { All, Substring, Glob, Exact, Regex };

    /// Errc::InvalidArgument for a broken regular expression, with its offset in the expression.
    static Result<KeyFilter> parse(const QString &text);

    Kind kind() const { return m_kind; }
    /// The exact name, the glob, or the substring; empty for All and Regex.
    const QByteArray &pattern() const { return m_pattern; }
    /// For SCAN MATCH: empty where the server cannot help (All, Regex).
    QByteArray serverGlob() const;
    bool matches(QByteArrayView key) const;
    /// The names that match, as an index of their own.
    Result<std::shared_ptr<const KeyIndex>> apply(const KeyIndex &index, const CancelToken &cancel) const;

private:
    Kind m_kind = Kind::All;
    QByteArray m_pattern;
    QRegularExpression m_regex;
};

} // namespace keyloupe
