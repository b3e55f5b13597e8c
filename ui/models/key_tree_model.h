// SPDX-License-Identifier: GPL-3.0-or-later
//
// KeyTreeModel: the keys of an index as a tree of namespaces. Only levels that somebody expanded exist; each is listed in a
// job. A new index changes only rows that differ, so selection, scroll and expansion stay. data() only looks up: types and
// TTLs are asked for by fetchDetails(), for the rows a view shows. GUI thread.
#pragma once

#include "core/base/result.h"
#include "core/keys/key_index.h"

#include <QAbstractItemModel>

#include <memory>
#include <vector>

namespace keyloupe {

class SourceSession;

class KeyTreeModel : public QAbstractItemModel
{
    Q_OBJECT

public:
    enum Role {
        KeyRole = Qt::UserRole + 1, ///< bytes of the key, or of the folder's prefix
        IsFolderRole,
        CountRole,                  ///< keys below a folder
        TypeRole,                   ///< name of the type, empty while unknown
        TtlRole,                    ///< absolute expiry, ms since the epoch; -1 none, -2 unknown
    };

    explicit KeyTreeModel(SourceSession &session, QByteArray separator = ":", QObject *parent = nullptr);
    ~KeyTreeModel() override;

    /// `exact` false: counts are shown as "at least".
    void setIndex(std::shared_ptr<const KeyIndex> index, bool exact);
    /// Forgets all rows, types and TTLs, for another database.
    void clear();
    /// Asks TYPE and PTTL of those of the rows that have none yet, at most 128 at once.
    void fetchDetails(const QModelIndexList &rows);
    /// The row of a key whose level is listed; invalid where it is not.
    QModelIndex find(const QByteArray &key) const;
    /// Drops what is known of a key, so that it is asked for again.
    void forgetDetails(const QByteArray &key);

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &child) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    bool hasChildren(const QModelIndex &parent = {}) const override;
    bool canFetchMore(const QModelIndex &parent) const override;
    void fetchMore(const QModelIndex &parent) override;

private:
    struct Node;
    struct Row
    {
        QByteArray name;
        bool isFolder = false;
        std::uint32_t count = 1;
    };
    struct Level
    {
        QByteArray prefix;
        std::vector<Row> rows;
    };
    using Levels = std::vector<Level>;

    static Result<Levels> listLevels(std::shared_ptr<const KeyIndex> index, QByteArrayList prefixes, QByteArray separator);
    Node *nodeOf(const QModelIndex &index) const;
    QModelIndex indexOf(const Node *node) const;
    Node *levelOf(const QByteArray &prefix) const;
    void listedPrefixes(const Node *node, QByteArrayList *out) const;
    void refresh();
    void apply(const Level &level);

    SourceSession &m_session;
    QByteArray m_separator;
    std::shared_ptr<const KeyIndex> m_index;
    bool m_exact = false;
    std::unique_ptr<Node> m_root;
    std::uint64_t m_generation = 0;
    bool m_listing = false;
    bool m_again = false;
    int m_asking = 0;
};

} // namespace keyloupe
