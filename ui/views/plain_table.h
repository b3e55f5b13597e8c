// SPDX-License-Identifier: GPL-3.0-or-later
//
// makePlainTable: a table of rows as the panels use it: no grid, no row numbers, whole rows selected, headings above their
// text, fixed row height. GUI thread.
#pragma once

class QAbstractItemModel;
class QString;
class QTableView;
class QWidget;

namespace keyloupe {

QTableView *makePlainTable(QAbstractItemModel *model, const QString &accessibleName, QWidget *parent);

} // namespace keyloupe
