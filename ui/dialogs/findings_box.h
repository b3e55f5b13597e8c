// SPDX-License-Identifier: GPL-3.0-or-later
//
// FindingsBox: what a server cannot hold of the keys that are to be written for it: a sentence, the list, and a tick that a
// person sets to go on all the same. A part of a dialog; GUI thread.
#pragma once

#include "core/rdb/save_target.h"

#include <QWidget>

class QCheckBox;
class QLabel;
class QTableView;

namespace keyloupe {

class FindingModel;

class FindingsBox : public QWidget
{
    Q_OBJECT

public:
    /// `agreement`: what stands beside the tick.
    explicit FindingsBox(const QString &agreement, QWidget *parent = nullptr);

    void showText(const QString &text); ///< nothing was found yet, or nothing is to be found
    void showFindings(const SaveFindings &findings, SaveTarget target);
    bool isSettled() const; ///< nothing shown would be lost, or a person agreed to it
    bool isAgreed() const;

Q_SIGNALS:
    void agreementChanged();

private:
    void fitTable();

    QLabel *m_summary;
    FindingModel *m_findings;
    QTableView *m_table;
    QCheckBox *m_agree;
    bool m_loses = false;
};

} // namespace keyloupe
