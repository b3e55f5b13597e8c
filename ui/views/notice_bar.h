// SPDX-License-Identifier: GPL-3.0-or-later
//
// NoticeBar: a thin coloured bar with a sentence and a few buttons, for what a person should know about a source before
// going on. Hidden while it has no text. GUI thread.
#pragma once

#include <QFrame>

class QHBoxLayout;
class QLabel;
class QPushButton;

namespace keyloupe {

class NoticeBar : public QFrame
{
    Q_OBJECT

public:
    enum class Tone { Info, Warning, Danger };
    enum class Buttons { Beside, Below }; ///< of the text; below it where space is narrow

    NoticeBar(Tone tone, Buttons place, QWidget *parent = nullptr);

    void setText(const QString &text); ///< empty hides the bar
    QString text() const;
    QPushButton *addButton(const QString &text);

protected:
    void changeEvent(QEvent *event) override;

private:
    void showIcon();

    Tone m_tone;
    QLabel *m_icon;
    QLabel *m_text;
    QHBoxLayout *m_buttons;
};

} // namespace keyloupe
