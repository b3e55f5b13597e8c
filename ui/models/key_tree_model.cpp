// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/key_tree_model.h"

#include "core/async/job_runner.h"
#include "core/async/on_ready.h"
#include "core/base/byte_order.h"
#include "core/base/clock.h"
#include "core/base/escape.h"
#include "ui/format/human.h"
#include "ui/models/source_session.h"

namespace keyloupe {
namespace {

constexpr int kMaxNameChars = 512;
constexpr int kMaxDetails = 128;
constexpr std::int64_t kUnknownTtl = -2;

} // namespace

struct KeyTreeModel::Node
{
    Row row;
    Node *parent = nullptr;
    int position = 0; // among its parent's children
    bool listed = false;
    std::vector<std::unique_ptr<Node>> children;
    QByteArray type;
    std::int64_t expireAtMs = kUnknownTtl;
    bool asked = false;

    // Folders come before the key of the same name; otherwise bytewise.
    static bool before(const Row &a, const Row &b)
    {
        const int order = compareBytes(a.name, b.name);
        return order != 0 ? order < 0 : a.isFolder && !b.isFolder;
    }

    void renumber(std::size_t from)
    {
        for (std::size_t i = from; i < children.size(); ++i)
            children[i]->position = int(i);
    }
};

KeyTreeModel::KeyTreeModel(SourceSession &session, QByteArray separator, QObject *parent)
    : QAbstractItemModel(parent), m_session(session), m_separator(std::move(separator)), m_index(std::make_shared<KeyIndex>()),
      m_root(std::make_unique<Node>())
{
    m_root->listed = true;
}

KeyTreeModel::~KeyTreeModel() = default;

void KeyTreeModel::clear()
{
    beginResetModel();
    ++m_generation;
    m_listing = m_again = false;
    m_index = std::make_shared<KeyIndex>();
    m_root = std::make_unique<Node>();
    m_root->listed = true;
    endResetModel();
}

void KeyTreeModel::setIndex(std::shared_ptr<const KeyIndex> index, bool exact)
{
    m_index = std::move(index);
    m_exact = exact;
    refresh();
}

// The rows of each level, in a job: a wide level takes a walk over all its keys.
Result<KeyTreeModel::Levels> KeyTreeModel::listLevels(std::shared_ptr<const KeyIndex> index, QByteArrayList prefixes, QByteArray separator)
{
    Levels levels;
    for (const QByteArray &prefix : prefixes) {
        Level level;
        level.prefix = prefix;
        const KeyRange range = index->prefixRange(prefix);
        KL_TRY(const std::vector<KeyChild> children, index->children(range, std::uint32_t(prefix.size()), separator));
        level.rows.reserve(children.size());
        for (const KeyChild &child : children) {
            const QByteArray name = index->keyAt(child.range.first);
            level.rows.push_back({child.isFolder() ? name.left(child.prefixLength) : name, child.isFolder(), child.range.count()});
        }
        std::sort(level.rows.begin(), level.rows.end(), Node::before);
        levels.push_back(std::move(level));
    }
    return levels;
}

void KeyTreeModel::refresh()
{
    if (m_listing) {
        m_again = true;
        return;
    }
    m_listing = true;
    QByteArrayList prefixes;
    listedPrefixes(m_root.get(), &prefixes);
    auto job = [index = m_index, prefixes, separator = m_separator] { return listLevels(index, prefixes, separator); };
    onReady(m_session.jobs().run(std::move(job)), this, [this, generation = m_generation](Result<Levels> levels) {
        if (generation != m_generation)
            return;
        m_listing = false;
        if (levels.ok()) {
            for (const Level &level : *levels)
                apply(level);
        }
        if (std::exchange(m_again, false))
            refresh();
    });
}

void KeyTreeModel::listedPrefixes(const Node *node, QByteArrayList *out) const
{
    if (!node->listed)
        return;
    out->append(node->row.name);
    for (const auto &child : node->children)
        listedPrefixes(child.get(), out);
}

KeyTreeModel::Node *KeyTreeModel::levelOf(const QByteArray &prefix) const
{
    Node *node = m_root.get();
    while (node && node->row.name != prefix) {
        Node *next = nullptr;
        for (const auto &child : node->children) {
            if (child->row.isFolder && prefix.startsWith(child->row.name))
                next = child.get();
        }
        node = next;
    }
    return node && node->listed ? node : nullptr;
}

// Makes the level's rows those of the new listing: both are sorted, so one walk finds what came and what went.
void KeyTreeModel::apply(const Level &level)
{
    Node *node = levelOf(level.prefix);
    if (!node)
        return;
    const QModelIndex parent = indexOf(node);
    std::size_t at = 0;
    std::size_t next = 0;
    int firstChanged = -1;
    int lastChanged = -1;
    while (at < node->children.size() || next < level.rows.size()) {
        const bool gone = at < node->children.size() && (next == level.rows.size() || Node::before(node->children[at]->row, level.rows[next]));
        if (gone) {
            std::size_t end = at + 1;
            while (end < node->children.size() && (next == level.rows.size() || Node::before(node->children[end]->row, level.rows[next])))
                ++end;
            beginRemoveRows(parent, int(at), int(end) - 1);
            node->children.erase(node->children.begin() + std::ptrdiff_t(at), node->children.begin() + std::ptrdiff_t(end));
            node->renumber(at);
            endRemoveRows();
            continue;
        }
        const bool came = next < level.rows.size() && (at == node->children.size() || Node::before(level.rows[next], node->children[at]->row));
        if (came) {
            std::size_t end = next + 1;
            while (end < level.rows.size() && (at == node->children.size() || Node::before(level.rows[end], node->children[at]->row)))
                ++end;
            beginInsertRows(parent, int(at), int(at + end - next) - 1);
            std::vector<std::unique_ptr<Node>> fresh;
            for (std::size_t i = next; i < end; ++i) {
                fresh.push_back(std::make_unique<Node>());
                fresh.back()->row = level.rows[i];
                fresh.back()->parent = node;
            }
            node->children.insert(node->children.begin() + std::ptrdiff_t(at), std::make_move_iterator(fresh.begin()),
                                  std::make_move_iterator(fresh.end()));
            node->renumber(at);
            endInsertRows();
            at += end - next;
            next = end;
            continue;
        }
        if (node->children[at]->row.count != level.rows[next].count) {
            node->children[at]->row.count = level.rows[next].count;
            firstChanged = firstChanged < 0 ? int(at) : firstChanged;
            lastChanged = int(at);
        }
        ++at;
        ++next;
    }
    if (firstChanged >= 0)
        Q_EMIT dataChanged(index(firstChanged, 0, parent), index(lastChanged, 0, parent));
}

KeyTreeModel::Node *KeyTreeModel::nodeOf(const QModelIndex &index) const
{
    return index.isValid() ? static_cast<Node *>(index.internalPointer()) : m_root.get();
}

QModelIndex KeyTreeModel::indexOf(const Node *node) const
{
    return node == m_root.get() ? QModelIndex() : createIndex(node->position, 0, node);
}

QModelIndex KeyTreeModel::index(int row, int column, const QModelIndex &parent) const
{
    const Node *node = nodeOf(parent);
    if (row < 0 || column != 0 || row >= int(node->children.size()))
        return {};
    return createIndex(row, 0, node->children[std::size_t(row)].get());
}

QModelIndex KeyTreeModel::parent(const QModelIndex &child) const
{
    return child.isValid() ? indexOf(nodeOf(child)->parent) : QModelIndex();
}

int KeyTreeModel::rowCount(const QModelIndex &parent) const
{
    return parent.column() > 0 ? 0 : int(nodeOf(parent)->children.size());
}

int KeyTreeModel::columnCount(const QModelIndex &) const
{
    return 1;
}

bool KeyTreeModel::hasChildren(const QModelIndex &parent) const
{
    const Node *node = nodeOf(parent);
    return node == m_root.get() ? !node->children.empty() : node->row.isFolder;
}

bool KeyTreeModel::canFetchMore(const QModelIndex &parent) const
{
    const Node *node = nodeOf(parent);
    return node->row.isFolder && !node->listed;
}

void KeyTreeModel::fetchMore(const QModelIndex &parent)
{
    Node *node = nodeOf(parent);
    if (!node->row.isFolder || node->listed)
        return;
    node->listed = true;
    refresh();
}

QVariant KeyTreeModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const Node *node = nodeOf(index);
    const Row &row = node->row;
    switch (role) {
    case Qt::DisplayRole: {
        const qsizetype skip = node->parent ? node->parent->row.name.size() : 0;
        const QString text = displayText(QByteArrayView(row.name).sliced(skip), kMaxNameChars);
        return text.isEmpty() ? tr("(empty name)") : text;
    }
    case Qt::ToolTipRole:
        return row.isFolder ? tr("%1: %2 keys").arg(displayText(row.name, kMaxNameChars), groupedNumber(row.count))
                            : displayText(row.name, kMaxNameChars);
    case KeyRole: return row.name;
    case IsFolderRole: return row.isFolder;
    case CountRole: return (m_exact ? QString() : QStringLiteral("≥\u00a0")) + groupedNumber(row.count);
    case TypeRole: return node->type;
    case TtlRole: return qint64(node->expireAtMs);
    default: return {};
    }
}

QModelIndex KeyTreeModel::find(const QByteArray &key) const
{
    const Node *node = m_root.get();
    for (;;) {
        const Row wanted{key, false, 1};
        const auto it = std::lower_bound(node->children.begin(), node->children.end(), wanted,
                                         [](const std::unique_ptr<Node> &child, const Row &row) { return Node::before(child->row, row); });
        if (it != node->children.end() && (*it)->row.name == key && !(*it)->row.isFolder)
            return indexOf(it->get());
        // The folder that the key lies in is the last one not behind it.
        const Node *folder = nullptr;
        for (auto back = it; back != node->children.begin();) {
            --back;
            if ((*back)->row.isFolder && key.startsWith((*back)->row.name)) {
                folder = back->get();
                break;
            }
            if (!key.startsWith((*back)->row.name.left(node->row.name.size())))
                break;
        }
        if (!folder)
            return {};
        node = folder;
    }
}

void KeyTreeModel::forgetDetails(const QByteArray &key)
{
    const QModelIndex row = find(key);
    if (!row.isValid())
        return;
    Node *node = nodeOf(row);
    node->asked = false;
    node->type.clear();
    node->expireAtMs = kUnknownTtl;
    Q_EMIT dataChanged(row, row);
}

void KeyTreeModel::fetchDetails(const QModelIndexList &rows)
{
    if (m_asking > 0)
        return; // the view asks again when this answer is here
    QByteArrayList keys;
    std::vector<Command> commands;
    for (const QModelIndex &row : rows) {
        Node *node = nodeOf(row);
        if (node->row.isFolder || node->asked || keys.size() == kMaxDetails)
            continue;
        node->asked = true;
        keys.append(node->row.name);
        commands.push_back(Command{"TYPE", node->row.name});
        commands.push_back(Command{"PTTL", node->row.name});
    }
    if (keys.isEmpty())
        return;
    ++m_asking;
    ExecOptions options;
    options.db = m_session.currentDb();
    options.background = true;
    onReady(m_session.source().execute(std::move(commands), options), this,
            [this, keys, generation = m_generation](Result<std::vector<RespValue>> replies) {
                --m_asking;
                if (generation != m_generation || !replies.ok())
                    return;
                const FileActions *file = m_session.source().fileActions();
                const std::int64_t now = file ? file->nowMs() : systemNowMs();
                for (qsizetype i = 0; i < keys.size(); ++i) {
                    const QModelIndex row = find(keys[i]);
                    if (!row.isValid())
                        continue;
                    Node *node = nodeOf(row);
                    node->type = (*replies)[std::size_t(2 * i)].bytes;
                    const std::int64_t ttl = (*replies)[std::size_t(2 * i + 1)].toInteger(-1);
                    node->expireAtMs = ttl < 0 ? -1 : now + ttl;
                    Q_EMIT dataChanged(row, row);
                }
            });
}

} // namespace keyloupe
