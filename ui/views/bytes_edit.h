// SPDX-License-Identifier: GPL-3.0-or-later
//
// BytesEdit: a box to type bytes into: a key's name, a field, a value. Plain text is UTF-8 as typed; with the "\x" button on,
// escapes as redis-cli writes them (\x00 \n \t \" \\) become bytes. Bytes that plain text cannot show open with it on, so
// that what was put in comes out the same. GUI thread.
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QWidget>

class QLineEdit;
class QPlainTextEdit;
class QToolButton;

namespace keyloupe {

class BytesEdit : public QWidget
{
    Q_OBJECT

public:
    enum class Lines { One, Many };

    explicit BytesEdit(Lines lines, const QString &accessibleName, QWidget *parent = nullptr);

    void setBytes(const QByteArray &bytes);
    /// Errc::InvalidArgument where the escapes are wrong.
    Result<QByteArray> bytes() const;
    void setPlaceholder(const QString &text);
    void selectAll();

Q_SIGNALS:
    void edited();
    void returnPressed(); ///< one line only

private:
    QString text() const;
    void setText(const QString &text);
    void setEscaped(bool on);

    QLineEdit *m_line = nullptr;      // one of the two
    QPlainTextEdit *m_box = nullptr;
    QToolButton *m_escaped;
};

/// Whether a text box gives the bytes back as they are.
bool isPlainText(const QByteArray &bytes, bool lineBreaks);

} // namespace keyloupe
