// SPDX-License-Identifier: GPL-3.0-or-later
//
// TextBox: a plain text box for values that gives back the bytes it got, character by character: what QPlainTextEdit would
// change (line separators, lone carriage returns, controls) is known beforehand by `survives`, shown, and not edited. Text
// whose line breaks are all CRLF keeps them. GUI thread.
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

    /// UTF-8 that a box holds without changing a character, whatever its length.
    static bool holds(const QByteArray &bytes);
    /// Whether the box gives the bytes back; `why` says what stands in the way.
    static bool survives(const QByteArray &bytes, QString *why);
    /// Readable whatever the bytes are: escapes for what is no text, cut where it is too long.
    static QString readable(const QByteArray &bytes);

    /// Shows them; false, with the reason, where they cannot be edited here. Forgets undo steps and isModified().
    bool setValue(const QByteArray &bytes, QString *why);
    /// The text as bytes: no-break spaces and the kind of line break come back as they were.
    QByteArray value() const;
    bool isModified() const { return document()->isModified(); }
    /// Empty text only gives up the selection, so that the next search begins where the last one found.
    bool findText(const QString &text, bool backward);
    void setWrapped(bool on);

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    QByteArray m_lineBreak = "\n";
};

} // namespace keyloupe
