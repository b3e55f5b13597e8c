// SPDX-License-Identifier: GPL-3.0-or-later
//
// FactCard: a card with a title, an optional bar, and rows of label and value. Rows are updated in place, so that nothing
// jumps while values change. GUI thread.
#pragma once

#include <QFrame>
#include <QString>

#include <vector>

class QGridLayout;
class QLabel;
class QProgressBar;

namespace keyloupe {

struct Fact
{
    QString label;
    QString value;
    QString toolTip = {};
    QString tone = {}; ///< of the style sheet: "danger", "warning", "success", "muted"
};

class FactCard : public QFrame
{
    Q_OBJECT

public:
    explicit FactCard(const QString &title, QWidget *parent = nullptr);

    void setFacts(const std::vector<Fact> &facts);
    /// Between 0 and 1; negative hides the bar.
    void setBar(double fraction);
    QString valueOf(const QString &label) const;

private:
    struct Row
    {
        QLabel *label;
        QLabel *value;
    };

    QGridLayout *m_grid;
    QProgressBar *m_bar;
    std::vector<Row> m_rows;
};

} // namespace keyloupe
