// SPDX-License-Identifier: GPL-3.0-or-later
//
// ElementModel: the elements of one collection as table rows, read page by page while the view asks for more. What comes
// twice (SCAN may) is shown once. Loads at most about 64 MiB by itself, then asks (isAtBudget). Our own edits are applied
// to the rows, so that nothing jumps. GUI thread; must not outlive its session.
#pragma once

#include "core/values/edit.h"
#include "core/values/key_header.h"
#include "core/values/value_page.h"
#include "ui/models/source_session.h"

#include <QAbstractTableModel>
#include <QSet>

#include <memory>
#include <vector>

namespace keyloupe {

class ValueReader;

class ElementModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { // of what a kind has, in this order
        IndexColumn,
        NameColumn,
        ScoreColumn,
        ValueColumn,
        TimeColumn,
        ExpiryColumn,
        LongitudeColumn,
        LatitudeColumn,
    };
    static constexpr int SortRole = Qt::UserRole + 1; ///< numbers as numbers, text as bytes

    explicit ElementModel(SourceSession &session, QObject *parent = nullptr);
    ~ElementModel() override;

    /// Begins anew: forgets all rows and reads the first page. `match` as in ElementPaging.
    void open(const KeyRef &key, const KeyHeader &header, const QByteArray &match = {});
    void clear();
    /// Goes on past the budget for once.
    void loadMore();
    void stop(); ///< the page under way; what is there stays

    /// Shows a sorted set's scores as coordinates too.
    void setCoordinates(bool on);
    bool hasCoordinates() const { return m_coordinates; }
    /// Whether the loaded scores can be coordinates at all.
    bool mayBeCoordinates() const;

    /// Follows an edit that was made; `replies` are those of its writes.
    void applied(const EditChange &change, const std::vector<RespValue> &replies);

    ValueKind kind() const { return m_kind; }
    const Element &elementAt(int row) const { return m_rows[std::size_t(row)]; }
    Column columnAt(int section) const { return m_columns[std::size_t(section)]; }
    bool isLoading() const { return m_loading; }
    bool isComplete() const { return m_done; }
    bool isAtBudget() const { return !m_done && m_loadedBytes >= m_budgetBytes; }
    const Error &lastError() const { return m_error; } ///< of the last page; code Cancelled where there was none

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    bool canFetchMore(const QModelIndex &parent) const override;
    void fetchMore(const QModelIndex &parent) override;

Q_SIGNALS:
    void loadingChanged(); ///< a page was asked for, came, or failed

private:
    void setColumns();
    void askNext();
    void take(Result<ValuePage> page);
    int rowOf(const QByteArray &name) const;
    int rowOfIndex(std::int64_t index) const;
    void insertRow(int row, Element element);
    void dropRow(int row);
    void changed(int row);
    void renumber(int from);
    void insertScored(Element element);

    SourceSession &m_session;
    KeyRef m_key;
    ValueKind m_kind = ValueKind::None;
    bool m_ranked = false; ///< rows are in the order of the server: lists, sorted sets without a filter
    std::unique_ptr<ValueReader> m_reader;
    std::vector<Column> m_columns;
    std::vector<Element> m_rows;
    QSet<QByteArray> m_names;
    std::int64_t m_loadedBytes = 0;
    std::int64_t m_budgetBytes = 0;
    bool m_expiries = false;
    bool m_coordinates = false;
    bool m_loading = false;
    bool m_done = true;
    Error m_error;
    std::uint64_t m_generation = 0;
};

} // namespace keyloupe
