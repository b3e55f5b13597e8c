// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/element_table.h"

#include "core/base/escape.h"
#include "core/base/glob.h"
#include "ui/format/error_text.h"
#include "ui/format/human.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/views/plain_table.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QSortFilterProxyModel>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

namespace keyloupe {
namespace {

constexpr int kFilterDelayMs = 300;

QToolButton *button(const QString &icon, const QString &tip)
{
    auto *tool = new QToolButton;
    tool->setIcon(themedIcon(icon));
    tool->setToolTip(tip);
    tool->setAccessibleName(tip);
    return tool;
}

// Compares bytes as bytes, not by the locale.
class SortProxy final : public QSortFilterProxyModel
{
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;

protected:
    bool lessThan(const QModelIndex &left, const QModelIndex &right) const override
    {
        const QVariant a = left.data(ElementModel::SortRole);
        const QVariant b = right.data(ElementModel::SortRole);
        if (a.typeId() == QMetaType::QByteArray)
            return a.toByteArray() < b.toByteArray();
        return QSortFilterProxyModel::lessThan(left, right);
    }
};

// Plain words are searched anywhere in the name; glob characters mean what they mean to SCAN.
QByteArray patternOf(const QString &typed)
{
    const QByteArray text = typed.toUtf8();
    const bool isGlob = std::any_of(text.begin(), text.end(), [](char c) { return c == '*' || c == '?' || c == '[' || c == '\\'; });
    return text.isEmpty() || isGlob ? text : '*' + text + '*';
}

} // namespace

ElementTable::ElementTable(SourceSession &session, QWidget *parent)
    : QWidget(parent), m_session(session), m_model(session), m_sorted(new SortProxy(this)), m_filter(new QLineEdit),
      m_places(button(QStringLiteral("geo"), tr("Show scores as longitude and latitude"))), m_add(button(QStringLiteral("plus"), tr("Add"))),
      m_remove(button(QStringLiteral("trash"), tr("Remove the selected element (Del)"))), m_table(nullptr), m_state(new QLabel),
      m_more(new QToolButton), m_stop(button(QStringLiteral("stop"), tr("Stop reading (Esc)")))
{
    m_sorted->setSourceModel(&m_model);
    m_sorted->setSortRole(ElementModel::SortRole);
    m_sorted->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_sorted->setFilterKeyColumn(-1);
    m_table = makePlainTable(m_sorted, tr("Elements"), this);
    m_table->setFont(monoFont());
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    m_table->setSortingEnabled(true);
    m_table->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->installEventFilter(this);
    m_filter->setClearButtonEnabled(true);
    m_filter->setAccessibleName(tr("Filter elements"));
    m_filter->installEventFilter(this);
    m_places->setCheckable(true);
    m_places->setObjectName(QStringLiteral("places"));
    m_places->hide();
    m_remove->setProperty("variant", QStringLiteral("danger"));
    m_state->setProperty("role", QStringLiteral("caption"));
    m_state->setTextFormat(Qt::PlainText);
    m_more->hide();
    m_stop->hide();

    auto *head = new QHBoxLayout;
    head->setContentsMargins(space::kS, space::kS, space::kS, space::kS);
    head->setSpacing(space::kXs);
    head->addWidget(m_filter, 1);
    head->addWidget(m_places);
    head->addWidget(m_add);
    head->addWidget(m_remove);
    auto *foot = new QHBoxLayout;
    foot->setContentsMargins(space::kM, space::kXs, space::kS, space::kXs);
    foot->setSpacing(space::kXs);
    foot->addWidget(m_state, 1);
    foot->addWidget(m_stop);
    foot->addWidget(m_more);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(head);
    layout->addWidget(m_table, 1);
    layout->addLayout(foot);

    m_filterTimer.setSingleShot(true);
    m_filterTimer.setInterval(kFilterDelayMs);
    connect(&m_filterTimer, &QTimer::timeout, this, &ElementTable::applyFilter);
    connect(m_filter, &QLineEdit::textChanged, &m_filterTimer, qOverload<>(&QTimer::start));
    connect(m_filter, &QLineEdit::returnPressed, this, &ElementTable::applyFilter);
    connect(m_add, &QToolButton::clicked, this, &ElementTable::addRequested);
    connect(m_remove, &QToolButton::clicked, this, &ElementTable::removeRequested);
    connect(m_stop, &QToolButton::clicked, this, [this] { m_model.stop(); });
    connect(m_more, &QToolButton::clicked, this, [this] { m_model.loadMore(); });
    connect(m_places, &QToolButton::toggled, this, [this](bool on) {
        m_model.setCoordinates(on);
        setUpColumns();
    });
    connect(m_table, &QTableView::customContextMenuRequested, this, &ElementTable::showMenu);
    connect(m_table, &QTableView::doubleClicked, this, [this] {
        if (m_writable && m_model.kind() == ValueKind::SortedSet)
            Q_EMIT scoreRequested();
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this] {
        showState();
        Q_EMIT currentChanged();
    });
    connect(&m_model, &ElementModel::loadingChanged, this, &ElementTable::showState);
    connect(&m_model, &QAbstractItemModel::columnsInserted, this, &ElementTable::setUpColumns);
    connect(&m_model, &QAbstractItemModel::dataChanged, this, [this](const QModelIndex &first, const QModelIndex &last) {
        const int row = m_sorted->mapToSource(m_table->currentIndex()).row();
        if (row >= first.row() && row <= last.row())
            Q_EMIT currentChanged();
    });
    connect(&m_model, &QAbstractItemModel::rowsInserted, this, [this](const QModelIndex &, int first) {
        if (m_reselect)
            select(m_reselect->name, m_reselect->index);
        else if (first == 0 && !m_table->currentIndex().isValid() && m_sorted->rowCount() > 0)
            m_table->selectRow(0);
        showState();
    });
    connect(&m_model, &QAbstractItemModel::rowsRemoved, this, &ElementTable::showState);
}

bool ElementTable::filtersOnServer() const
{
    const ValueKind kind = m_header.kind;
    return kind == ValueKind::Hash || kind == ValueKind::Set || kind == ValueKind::SortedSet;
}

void ElementTable::open(const KeyRef &key, const KeyHeader &header)
{
    const bool same = key == m_key && header.kind == m_header.kind;
    m_reselect = same ? current() : std::nullopt;
    m_key = key;
    m_header = header;
    if (!same) {
        const QSignalBlocker quiet(m_filter);
        m_filter->clear();
        m_sorted->setFilterFixedString({});
        m_places->setChecked(false);
        m_table->sortByColumn(-1, Qt::AscendingOrder);
    }
    const QString word = header.kind == ValueKind::Hash ? tr("fields") : header.kind == ValueKind::Set || header.kind == ValueKind::SortedSet ? tr("members") : tr("what is loaded");
    m_filter->setPlaceholderText(tr("Filter %1").arg(word));
    m_model.open(key, header, filtersOnServer() ? patternOf(m_filter->text()) : QByteArray());
    setUpColumns();
    showState();
}

void ElementTable::clear()
{
    m_key = {};
    m_header = {};
    m_reselect.reset();
    m_model.clear();
    showState();
}

void ElementTable::setHeader(const KeyHeader &header)
{
    m_header = header;
    showState();
}

void ElementTable::setWritable(bool writable)
{
    m_writable = writable;
    showState();
}

void ElementTable::setUpColumns()
{
    const ValueKind kind = m_model.kind();
    QHeaderView *header = m_table->horizontalHeader();
    for (int i = 0; i < m_model.columnCount(); ++i) {
        int width = 160;
        switch (m_model.columnAt(i)) {
        case ElementModel::IndexColumn:
            width = 76;
            break;
        case ElementModel::ScoreColumn:
            width = m_model.hasCoordinates() ? 160 : 120;
            break;
        case ElementModel::NameColumn:
            width = kind == ValueKind::Hash ? 180 : kind == ValueKind::Stream ? 160 : m_model.hasCoordinates() ? 180 : 260;
            break;
        case ElementModel::ValueColumn:
            width = 260;
            break;
        case ElementModel::TimeColumn:
        case ElementModel::ExpiryColumn:
            width = 130;
            break;
        case ElementModel::LongitudeColumn:
        case ElementModel::LatitudeColumn:
            width = 110;
            break;
        }
        header->resizeSection(i, width);
    }
}

void ElementTable::applyFilter()
{
    m_filterTimer.stop();
    if (m_key.key.isNull() && m_header.kind == ValueKind::None)
        return;
    m_reselect = current();
    if (filtersOnServer())
        m_model.open(m_key, m_header, patternOf(m_filter->text()));
    else
        m_sorted->setFilterFixedString(m_filter->text());
    showState();
}

std::optional<Element> ElementTable::current() const
{
    const QModelIndex row = m_sorted->mapToSource(m_table->currentIndex());
    return row.isValid() ? std::optional<Element>(m_model.elementAt(row.row())) : std::nullopt;
}

// Among what is loaded; given up once everything is.
void ElementTable::select(const QByteArray &name, std::int64_t index)
{
    for (int row = 0; row < m_model.rowCount(); ++row) {
        const Element &element = m_model.elementAt(row);
        const bool found = m_model.kind() == ValueKind::List ? element.index == index : element.name == name;
        if (!found)
            continue;
        m_reselect.reset();
        const QModelIndex there = m_sorted->mapFromSource(m_model.index(row, 0));
        if (there.isValid())
            m_table->setCurrentIndex(there);
        return;
    }
    if (m_model.isComplete()) {
        m_reselect.reset();
        if (m_sorted->rowCount() > 0)
            m_table->selectRow(0);
    }
}

void ElementTable::showState()
{
    const auto loaded = std::int64_t(m_model.rowCount());
    const bool filtered = !m_filter->text().isEmpty();
    QString text;
    if (filtered && filtersOnServer())
        text = m_model.isComplete() ? tr("%1 match").arg(groupedNumber(loaded)) : tr("%1 match so far").arg(groupedNumber(loaded));
    else if (filtered)
        text = tr("%1 of %2 loaded match").arg(groupedNumber(m_sorted->rowCount()), groupedNumber(loaded));
    else if (m_header.length > loaded && !m_model.isComplete())
        text = tr("%1 of %2").arg(groupedNumber(loaded), groupedNumber(m_header.length));
    else
        text = tr("%1 elements").arg(groupedNumber(loaded));
    const bool failed = m_model.lastError().code != Errc::Cancelled;
    if (failed)
        text += QStringLiteral(" · ") + errorLine(m_model.lastError());
    else if (m_model.isLoading())
        text += QStringLiteral(" · ") + tr("reading…");
    else if (m_model.isAtBudget())
        text += QStringLiteral(" · ") + tr("paused to spare memory");
    m_state->setText(text);
    m_state->setToolTip(text);
    m_stop->setVisible(m_model.isLoading() && filtered);
    m_more->setVisible(failed || (m_model.isAtBudget() && !m_model.isLoading()));
    m_more->setText(failed ? tr("Try again") : tr("Read on"));
    m_places->setVisible(m_places->isChecked() || m_model.mayBeCoordinates());
    m_add->setEnabled(m_writable);
    m_remove->setEnabled(m_writable && m_table->currentIndex().isValid());
}

void ElementTable::showMenu(const QPoint &at)
{
    if (!m_table->indexAt(at).isValid())
        return;
    const std::optional<Element> element = current();
    if (!element)
        return;
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto copy = [](const QByteArray &bytes) { QApplication::clipboard()->setText(isUtf8(bytes) ? QString::fromUtf8(bytes) : QString::fromLatin1(quoteBytes(bytes))); };
    const ValueKind kind = m_model.kind();
    if (!element->name.isEmpty()) {
        const QString what = kind == ValueKind::Hash ? tr("Copy field") : kind == ValueKind::Stream ? tr("Copy ID") : tr("Copy member");
        menu->addAction(themedIcon(QStringLiteral("copy")), what, this, [copy, element] { copy(element->name); });
    }
    if (kind == ValueKind::Hash || kind == ValueKind::List)
        menu->addAction(themedIcon(QStringLiteral("copy")), tr("Copy value"), this, [copy, element] { copy(element->value); });
    menu->addSeparator();
    if (kind == ValueKind::SortedSet)
        menu->addAction(themedIcon(QStringLiteral("edit")), tr("Change the score…"), this, &ElementTable::scoreRequested)->setEnabled(m_writable);
    menu->addAction(themedIcon(QStringLiteral("trash")), tr("Remove…"), this, &ElementTable::removeRequested)->setEnabled(m_writable);
    menu->popup(m_table->viewport()->mapToGlobal(at));
}

bool ElementTable::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::KeyPress) {
        const auto *key = static_cast<QKeyEvent *>(event);
        if (key->key() == Qt::Key_Escape && m_model.isLoading()) {
            m_model.stop();
            return true;
        }
        if (watched == m_filter && key->key() == Qt::Key_Down) {
            m_table->setFocus();
            return true;
        }
        if (watched == m_table && key->key() == Qt::Key_Delete && m_writable && current()) {
            Q_EMIT removeRequested();
            return true;
        }
        if (watched == m_table && (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) && m_writable && m_model.kind() == ValueKind::SortedSet) {
            Q_EMIT scoreRequested();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace keyloupe
