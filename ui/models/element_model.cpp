// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/element_model.h"

#include "core/async/on_ready.h"
#include "core/base/escape.h"
#include "core/base/number.h"
#include "core/decode/geohash.h"
#include "core/values/value_reader.h"
#include "ui/format/human.h"

#include <QDateTime>

#include <algorithm>
#include <cmath>

namespace keyloupe {
namespace {

constexpr std::int64_t kBudgetBytes = 64 * 1024 * 1024;
constexpr int kCellChars = 400;
constexpr int kTipChars = 2000;

std::int64_t sizeOf(const Element &element)
{
    std::int64_t bytes = std::int64_t(sizeof(Element)) + element.name.size() + element.value.size();
    for (const auto &[field, value] : element.fields)
        bytes += field.size() + value.size() + 48;
    return bytes;
}

QString cell(const QByteArray &bytes, int chars)
{
    // A head is enough: nobody reads megabytes in a cell.
    return displayText(QByteArrayView(bytes).first(std::min<qsizetype>(bytes.size(), 4 * chars)), chars);
}

QString fieldsText(const Element &element, int chars)
{
    QString text;
    for (const auto &[field, value] : element.fields) {
        if (text.size() >= chars)
            break;
        text += (text.isEmpty() ? QString() : QStringLiteral("   ")) + cell(field, 100) + QStringLiteral(": ") + cell(value, 200);
    }
    return text;
}

std::int64_t msOf(const QByteArray &streamId)
{
    const qsizetype dash = streamId.indexOf('-');
    return streamId.left(dash < 0 ? streamId.size() : dash).toLongLong();
}

QString scoreText(double score)
{
    return QString::fromLatin1(formatDouble(score));
}

int alignmentOf(ElementModel::Column column)
{
    const bool number = column == ElementModel::IndexColumn || column == ElementModel::ScoreColumn || column == ElementModel::LongitudeColumn
                        || column == ElementModel::LatitudeColumn;
    return int((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
}

QString degrees(double value)
{
    return QString::number(value, 'f', 6);
}

} // namespace

ElementModel::ElementModel(SourceSession &session, QObject *parent) : QAbstractTableModel(parent), m_session(session) { }

ElementModel::~ElementModel() = default;

void ElementModel::clear()
{
    beginResetModel();
    ++m_generation;
    m_reader.reset();
    m_rows.clear();
    m_names.clear();
    m_loadedBytes = 0;
    m_budgetBytes = kBudgetBytes;
    m_expiries = false;
    m_loading = false;
    m_done = true;
    m_error = cancelledError();
    endResetModel();
}

void ElementModel::open(const KeyRef &key, const KeyHeader &header, const QByteArray &match)
{
    clear();
    beginResetModel();
    if (key != m_key || header.kind != m_kind)
        m_coordinates = false;
    m_key = key;
    m_kind = header.kind;
    m_ranked = header.kind == ValueKind::List || (header.kind == ValueKind::SortedSet && match.isEmpty());
    m_reader = std::make_unique<ValueReader>(m_session.source(), key.db, key.key, header, match);
    m_done = !isCollection(header.kind);
    setColumns();
    endResetModel();
    askNext();
}

void ElementModel::setColumns()
{
    switch (m_kind) {
    case ValueKind::List:
        m_columns = {IndexColumn, ValueColumn};
        break;
    case ValueKind::Set:
        m_columns = {NameColumn};
        break;
    case ValueKind::SortedSet:
        m_columns = {ScoreColumn, NameColumn};
        if (m_coordinates)
            m_columns.insert(m_columns.end(), {LongitudeColumn, LatitudeColumn});
        break;
    case ValueKind::Hash:
        m_columns = {NameColumn, ValueColumn};
        if (m_expiries)
            m_columns.push_back(ExpiryColumn);
        break;
    case ValueKind::Stream:
        m_columns = {NameColumn, TimeColumn, ValueColumn};
        break;
    default:
        m_columns.clear();
        break;
    }
}

void ElementModel::setCoordinates(bool on)
{
    if (on == m_coordinates || m_kind != ValueKind::SortedSet)
        return;
    constexpr int kFirst = 2; // behind score and member
    if (on)
        beginInsertColumns({}, kFirst, kFirst + 1);
    else
        beginRemoveColumns({}, kFirst, kFirst + 1);
    m_coordinates = on;
    setColumns();
    if (on)
        endInsertColumns();
    else
        endRemoveColumns();
}

// GEOADD stores 52 bits: whole numbers; below 2^40 they would all lie in one corner of the map.
bool ElementModel::mayBeCoordinates() const
{
    constexpr double kLeast = double(std::int64_t(1) << 40);
    constexpr double kEnd = double(std::int64_t(1) << 52);
    return m_kind == ValueKind::SortedSet && !m_rows.empty() && std::all_of(m_rows.begin(), m_rows.end(), [&](const Element &element) {
        return element.score >= kLeast && element.score < kEnd && element.score == std::floor(element.score);
    });
}

void ElementModel::loadMore()
{
    m_budgetBytes = m_loadedBytes + kBudgetBytes;
    askNext();
}

void ElementModel::stop()
{
    if (m_reader)
        m_reader->cancel();
}

bool ElementModel::canFetchMore(const QModelIndex &parent) const
{
    return !parent.isValid() && !m_done && !m_loading && !isAtBudget() && m_error.code == Errc::Cancelled;
}

void ElementModel::fetchMore(const QModelIndex &parent)
{
    if (canFetchMore(parent))
        askNext();
}

void ElementModel::askNext()
{
    if (m_done || m_loading || !m_reader)
        return;
    m_loading = true;
    m_error = cancelledError();
    Q_EMIT loadingChanged();
    onReady(m_reader->next(), this, [this, generation = m_generation](Result<ValuePage> page) {
        if (generation == m_generation)
            take(std::move(page));
    });
}

void ElementModel::take(Result<ValuePage> page)
{
    m_loading = false;
    if (!page.ok()) {
        m_error = page.error();
        Q_EMIT loadingChanged();
        return;
    }
    m_done = page->done;
    std::vector<Element> fresh;
    bool expiries = m_expiries;
    for (Element &element : page->elements) {
        if (m_kind != ValueKind::List && m_names.contains(element.name))
            continue;
        if (m_kind != ValueKind::List)
            m_names.insert(element.name);
        expiries = expiries || element.expireAtMs >= 0;
        m_loadedBytes += sizeOf(element);
        fresh.push_back(std::move(element));
    }
    if (!fresh.empty()) {
        const int first = int(m_rows.size());
        beginInsertRows({}, first, first + int(fresh.size()) - 1);
        std::move(fresh.begin(), fresh.end(), std::back_inserter(m_rows));
        endInsertRows();
    }
    if (expiries != m_expiries) {
        const int column = int(m_columns.size());
        beginInsertColumns({}, column, column);
        m_expiries = expiries;
        setColumns();
        endInsertColumns();
    }
    Q_EMIT loadingChanged();
    // A filter that met nothing yet goes on; the view asks for more only when it has rows to scroll.
    if (!m_done && fresh.empty() && !isAtBudget())
        askNext();
}

int ElementModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int ElementModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_columns.size());
}

QVariant ElementModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Element &element = m_rows[std::size_t(index.row())];
    const Column column = m_columns[std::size_t(index.column())];
    if (role == Qt::TextAlignmentRole)
        return alignmentOf(column);
    if (role == SortRole) {
        switch (column) {
        case IndexColumn:
            return qlonglong(element.index);
        case ScoreColumn:
            return element.score;
        case ExpiryColumn:
            return qlonglong(element.expireAtMs);
        case TimeColumn:
            return qlonglong(msOf(element.name));
        case NameColumn:
            return element.name;
        case ValueColumn:
            return m_kind == ValueKind::Stream ? QVariant(fieldsText(element, kCellChars)) : QVariant(element.value);
        default:
            break;
        }
    }
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole && role != SortRole)
        return {};
    const int chars = role == Qt::ToolTipRole ? kTipChars : kCellChars;
    switch (column) {
    case IndexColumn:
        return groupedNumber(element.index);
    case NameColumn:
        return cell(element.name, chars);
    case ScoreColumn:
        return scoreText(element.score);
    case ValueColumn:
        return m_kind == ValueKind::Stream ? fieldsText(element, chars) : cell(element.value, chars);
    case TimeColumn:
        return momentText(msOf(element.name));
    case ExpiryColumn:
        return element.expireAtMs < 0 ? QString() : momentText(element.expireAtMs);
    case LongitudeColumn:
    case LatitudeColumn:
        if (const std::optional<GeoPoint> point = geoFromScore(element.score))
            return degrees(column == LongitudeColumn ? point->longitude : point->latitude);
        return {};
    }
    return {};
}

QVariant ElementModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= int(m_columns.size()))
        return {};
    if (role == Qt::TextAlignmentRole)
        return alignmentOf(m_columns[std::size_t(section)]);
    if (role != Qt::DisplayRole)
        return {};
    switch (m_columns[std::size_t(section)]) {
    case IndexColumn:
        return tr("Index");
    case NameColumn:
        return m_kind == ValueKind::Hash ? tr("Field") : m_kind == ValueKind::Stream ? tr("ID") : tr("Member");
    case ScoreColumn:
        return tr("Score");
    case ValueColumn:
        return m_kind == ValueKind::List ? tr("Element") : m_kind == ValueKind::Stream ? tr("Fields") : tr("Value");
    case TimeColumn:
        return tr("Time");
    case ExpiryColumn:
        return tr("Expires");
    case LongitudeColumn:
        return tr("Longitude");
    case LatitudeColumn:
        return tr("Latitude");
    }
    return {};
}

int ElementModel::rowOf(const QByteArray &name) const
{
    const auto found = std::find_if(m_rows.begin(), m_rows.end(), [&](const Element &element) { return element.name == name; });
    return found == m_rows.end() ? -1 : int(found - m_rows.begin());
}

int ElementModel::rowOfIndex(std::int64_t index) const
{
    return index >= 0 && index < std::int64_t(m_rows.size()) ? int(index) : -1;
}

void ElementModel::insertRow(int row, Element element)
{
    beginInsertRows({}, row, row);
    if (m_kind != ValueKind::List)
        m_names.insert(element.name);
    m_loadedBytes += sizeOf(element);
    m_rows.insert(m_rows.begin() + row, std::move(element));
    endInsertRows();
    renumber(row);
}

void ElementModel::dropRow(int row)
{
    if (row < 0)
        return;
    beginRemoveRows({}, row, row);
    m_loadedBytes -= sizeOf(m_rows[std::size_t(row)]);
    m_names.remove(m_rows[std::size_t(row)].name);
    m_rows.erase(m_rows.begin() + row);
    endRemoveRows();
    renumber(row);
}

void ElementModel::changed(int row)
{
    Q_EMIT dataChanged(index(row, 0), index(row, columnCount() - 1));
}

// Positions of what lies behind a row that came or went.
void ElementModel::renumber(int from)
{
    if (!m_ranked || from >= int(m_rows.size()))
        return;
    for (std::size_t i = std::size_t(from); i < m_rows.size(); ++i)
        m_rows[i].index = std::int64_t(i);
    Q_EMIT dataChanged(index(from, 0), index(int(m_rows.size()) - 1, columnCount() - 1));
}

// In its place by (score, member), unless that lies behind what is loaded.
void ElementModel::insertScored(Element element)
{
    if (!m_ranked)
        return insertRow(int(m_rows.size()), std::move(element));
    const auto at = std::upper_bound(m_rows.begin(), m_rows.end(), element, [](const Element &a, const Element &b) {
        return a.score != b.score ? a.score < b.score : QByteArrayView(a.name).compare(b.name) < 0;
    });
    if (at == m_rows.end() && !m_done)
        return;
    insertRow(int(at - m_rows.begin()), std::move(element));
    m_reader->shift(1);
}

void ElementModel::applied(const EditChange &change, const std::vector<RespValue> &replies)
{
    const auto dropRanked = [this](int row) {
        dropRow(row);
        if (row >= 0 && m_ranked)
            m_reader->shift(-1);
    };
    if (const auto *set = std::get_if<SetHashField>(&change)) {
        const int row = rowOf(set->field);
        if (row >= 0) {
            m_rows[std::size_t(row)].value = set->after;
            changed(row);
        } else {
            Element element;
            element.name = set->field;
            element.value = set->after;
            insertRow(int(m_rows.size()), std::move(element));
        }
    } else if (const auto *removed = std::get_if<RemoveHashField>(&change)) {
        dropRow(rowOf(removed->field));
    } else if (const auto *element = std::get_if<SetListElement>(&change)) {
        if (const int row = rowOfIndex(element->index); row >= 0) {
            m_rows[std::size_t(row)].value = element->after;
            changed(row);
        }
    } else if (const auto *push = std::get_if<PushListElement>(&change)) {
        Element pushed;
        pushed.value = push->value;
        if (push->atHead || m_done) {
            insertRow(push->atHead ? 0 : int(m_rows.size()), std::move(pushed));
            m_reader->shift(1);
        }
    } else if (const auto *gone = std::get_if<RemoveListElement>(&change)) {
        dropRanked(rowOfIndex(gone->index));
    } else if (const auto *member = std::get_if<AddSetMember>(&change)) {
        Element added;
        added.name = member->member;
        insertRow(int(m_rows.size()), std::move(added));
    } else if (const auto *left = std::get_if<RemoveSetMember>(&change)) {
        dropRow(rowOf(left->member));
    } else if (const auto *replaced = std::get_if<ReplaceSetMember>(&change)) {
        if (const int row = rowOf(replaced->before); row >= 0) {
            m_names.remove(replaced->before);
            m_names.insert(replaced->after);
            m_rows[std::size_t(row)].name = replaced->after;
            changed(row);
        }
    } else if (const auto *score = std::get_if<SetScore>(&change)) {
        dropRanked(rowOf(score->member));
        Element scored;
        scored.name = score->member;
        scored.score = score->after;
        insertScored(std::move(scored));
    } else if (const auto *renamed = std::get_if<RenameScoredMember>(&change)) {
        dropRanked(rowOf(renamed->before));
        Element scored;
        scored.name = renamed->after;
        scored.score = renamed->score;
        insertScored(std::move(scored));
    } else if (const auto *unscored = std::get_if<RemoveScoredMember>(&change)) {
        dropRanked(rowOf(unscored->member));
    } else if (const auto *entry = std::get_if<AddStreamEntry>(&change)) {
        if (!replies.empty() && replies[0].isText()) {
            Element added;
            added.name = replies[0].bytes;
            added.fields = entry->fields;
            insertRow(0, std::move(added));
        }
    } else if (const auto *deleted = std::get_if<RemoveStreamEntry>(&change)) {
        dropRow(rowOf(deleted->id));
    }
}

} // namespace keyloupe
