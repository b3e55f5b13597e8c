// SPDX-License-Identifier: GPL-3.0-or-later
//
// ElidedLabel: one line of plain text that is cut in its middle where it does not fit; the tooltip has all of it. GUI thread.
#pragma once

#include <QWidget>

namespace keyloupe {

class ElidedLabel : public QWidget
{
    Q_OBJECT

public:
    explicit ElidedLabel(QWidget *parent = nullptr);

    void setText(const QString &text);
    QString text() const { return m_text; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_text;
};

} // namespace keyloupe
