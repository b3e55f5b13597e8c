// SPDX-License-Identifier: GPL-3.0-or-later
//
// ElementTable: the elements of a collection: filter box, table that reads on while it is scrolled, one line of truth, and
// buttons to add and to remove. Hashes, sets and sorted sets are filtered by the server; lists and streams among what is
// loaded. Asks for edits by signals. GUI thread.
#pragma once

#include "ui/models/element_model.h"

#include <QTimer>
#include <QWidget>

#include <optional>

class QLabel;
class QLineEdit;
class QSortFilterProxyModel;
class QTableView;
class QToolButton;

namespace keyloupe {

class ElementTable : public QWidget
{
    Q_OBJECT

public:
    explicit ElementTable(SourceSession &session, QWidget *parent = nullptr);

    /// Begins anew with another key, or with the same one read again (then the selected element stays selected if it can).
    void open(const KeyRef &key, const KeyHeader &header);
    void clear();
    /// The length may change while the elements stay.
    void setHeader(const KeyHeader &header);
    void setWritable(bool writable);

    ElementModel &model() { return m_model; }
    QTableView *table() const { return m_table; }
    std::optional<Element> current() const;
    void select(const QByteArray &name, std::int64_t index);

Q_SIGNALS:
    void currentChanged();
    void addRequested();
    void removeRequested();
    void scoreRequested(); ///< the current member's score shall be changed

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void applyFilter();
    void showState();
    void setUpColumns();
    void showMenu(const QPoint &at);
    bool filtersOnServer() const;

    SourceSession &m_session;
    ElementModel m_model;
    QSortFilterProxyModel *m_sorted;
    KeyRef m_key;
    KeyHeader m_header;
    QLineEdit *m_filter;
    QToolButton *m_places;
    QToolButton *m_add;
    QToolButton *m_remove;
    QTableView *m_table;
    QLabel *m_state;
    QToolButton *m_more; ///< go on behind the budget, or try again
    QToolButton *m_stop;
    QTimer m_filterTimer;
    std::optional<Element> m_reselect;
    bool m_writable = false;
};

} // namespace keyloupe
