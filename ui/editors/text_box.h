// SPDX-License-Identifier: GPL-3.0-or-later
//
// TextBox: a plain text box for values that gives back the text it got, character by character: what QPlainTextEdit would
// change (line separators, no-break spaces, carriage returns) is known beforehand by `survives`. GUI thread.
#pragma once

#include <QPlainTextEdit>

namespace keyloupe {

class TextBox : public QPlainTextEdit
{
    Q_OBJECT

public:
    /// Longer values would make typing slow; they are shown cut and cannot be edited here.
    static constexpr qsizetype kMaxBytes = 8 * 1024 * 1024;
    /// Nor lines longer than this: laying out one line takes its square.
    static constexpr qsizetype kMaxLine = 256 * 1024;

    explicit TextBox(const QString &accessibleName, QWidget *parent = nullptr);

    /// Whether the box gives the bytes back; `why` says what stands in the way.
    static bool survives(const QByteArray &bytes, QString *why);
    /// Readable whatever the bytes are: escapes for what is no text, cut where it is too long.
    static QString readable(const QByteArray &bytes);

    /// The text as bytes; no-break spaces come back as they were.
    QByteArray utf8() const;
    bool findText(const QString &text, bool backward);
    void setWrapped(bool on);
};

} // namespace keyloupe
