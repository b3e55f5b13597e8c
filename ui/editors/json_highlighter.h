// SPDX-License-Identifier: GPL-3.0-or-later
//
// JsonHighlighter: colours of names, strings, numbers and words of JSON, line by line; follows a change of theme. GUI thread.
#pragma once

#include <QSyntaxHighlighter>

class QWidget;

namespace keyloupe {

class JsonHighlighter : public QSyntaxHighlighter
{
    Q_OBJECT

public:
    /// `widget` gives the theme and shows the document.
    JsonHighlighter(QTextDocument *document, QWidget *widget);

protected:
    void highlightBlock(const QString &text) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    QWidget *m_widget;
};

} // namespace keyloupe
