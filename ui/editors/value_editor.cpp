// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editors/value_editor.h"

#include "core/base/escape.h"
#include "ui/format/error_text.h"
#include "ui/format/human.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

#include <QButtonGroup>
#include <QFrame>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QStackedWidget>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace keyloupe {
namespace {

constexpr qsizetype kReadAtOnce = 128 * 1024;
constexpr int kPauseMs = 250;

// The first part of a long text may end inside a character; that does not make it less of a text.
QByteArray withoutCutCharacter(const QByteArray &bytes)
{
    for (qsizetype cut = 1; cut <= std::min<qsizetype>(3, bytes.size()); ++cut) {
        const auto lead = static_cast<unsigned char>(bytes[bytes.size() - cut]);
        if ((lead & 0xc0) == 0x80)
            continue;
        const qsizetype length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
        const QByteArray whole = bytes.chopped(cut);
        return length > cut && isUtf8(whole) ? whole : bytes;
    }
    return bytes;
}

} // namespace

ValueEditor::ValueEditor(QWidget *parent)
    : QWidget(parent), m_buttons(new QButtonGroup(this)), m_size(new QLabel), m_wrap(new QToolButton), m_find(new QToolButton),
      m_revert(new QPushButton(tr("Revert"))), m_save(new QPushButton(tr("Save"))), m_noteBox(new QWidget), m_note(new QFrame), m_noteText(new QLabel),
      m_loadAll(new QPushButton(tr("Load all"))), m_findBar(new QFrame), m_findText(new QLineEdit), m_pages(new QStackedWidget), m_pause(new QTimer(this))
{
    m_pause->setSingleShot(true);
    m_pause->setInterval(kPauseMs);
    connect(m_pause, &QTimer::timeout, this, &ValueEditor::showState);
    auto *head = new QHBoxLayout;
    head->setContentsMargins(space::kS, space::kXs, space::kS, space::kXs);
    head->setSpacing(space::kXs);
    for (auto &factory : makeAllValueViews())
        m_views.push_back(Entry{std::move(factory)});
    std::sort(m_views.begin(), m_views.end(), [](const Entry &a, const Entry &b) { return a.factory->order() < b.factory->order(); });
    for (std::size_t i = 0; i < m_views.size(); ++i) {
        auto *button = new QToolButton;
        button->setText(m_views[i].factory->title());
        button->setCheckable(true);
        button->setObjectName(QStringLiteral("view-") + m_views[i].factory->id());
        m_buttons->addButton(button, int(i));
        m_views[i].button = button;
        head->addWidget(button);
    }
    m_size->setProperty("role", QStringLiteral("caption"));
    m_wrap->setText(tr("Wrap"));
    m_wrap->setToolTip(tr("Wrap long lines"));
    m_wrap->setCheckable(true);
    m_wrap->setChecked(true);
    m_find->setIcon(themedIcon(QStringLiteral("search")));
    m_find->setToolTip(tr("Find (Ctrl+F)"));
    m_find->setAccessibleName(tr("Find"));
    m_save->setProperty("variant", QStringLiteral("primary"));
    m_save->setObjectName(QStringLiteral("saveValue"));
    m_save->setToolTip(tr("Save (Ctrl+S)"));
    m_revert->setObjectName(QStringLiteral("revertValue"));
    head->addSpacing(space::kS);
    head->addWidget(m_size);
    head->addStretch();
    head->addWidget(m_find);
    head->addWidget(m_wrap);
    head->addWidget(m_revert);
    head->addWidget(m_save);

    m_noteText->setWordWrap(true);
    m_noteText->setTextFormat(Qt::PlainText);
    m_note->setProperty("banner", QStringLiteral("info"));
    auto *note = new QHBoxLayout(m_note);
    note->setContentsMargins(space::kM, space::kXs, space::kS, space::kXs);
    note->addWidget(m_noteText, 1);
    note->addWidget(m_loadAll);
    auto *noteRoom = new QHBoxLayout(m_noteBox);
    noteRoom->setContentsMargins(space::kS, 0, space::kS, space::kXs);
    noteRoom->addWidget(m_note);

    auto *findLine = new QHBoxLayout(m_findBar);
    findLine->setContentsMargins(space::kS, 0, space::kS, space::kXs);
    findLine->setSpacing(space::kXs);
    m_findText->setPlaceholderText(tr("Find in this value"));
    m_findText->setObjectName(QStringLiteral("findText"));
    m_findText->setAccessibleName(tr("Find in this value"));
    m_findText->installEventFilter(this);
    auto *up = new QToolButton;
    up->setIcon(themedIcon(QStringLiteral("chevron-up")));
    up->setAccessibleName(tr("Find the one before"));
    auto *down = new QToolButton;
    down->setIcon(themedIcon(QStringLiteral("chevron-down")));
    down->setAccessibleName(tr("Find the next one"));
    findLine->addWidget(m_findText, 1);
    findLine->addWidget(up);
    findLine->addWidget(down);
    m_findBar->hide();

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(head);
    layout->addWidget(m_noteBox);
    layout->addWidget(m_findBar);
    layout->addWidget(m_pages, 1);
    m_pages->addWidget(new QWidget); // while there is no value

    connect(m_buttons, &QButtonGroup::idClicked, this, [this](int index) {
        m_chosen.insert(m_kind, m_views[std::size_t(index)].factory->id());
        switchTo(index);
    });
    connect(m_wrap, &QToolButton::toggled, this, [this](bool on) {
        for (Entry &entry : m_views) {
            if (entry.view)
                entry.view->setWrap(on);
        }
    });
    connect(m_find, &QToolButton::clicked, this, &ValueEditor::startFind);
    connect(m_findText, &QLineEdit::textChanged, this, [this] {
        if (ValueView *shown = view())
            shown->find({}, false); // a longer word may stand where the shorter one was found
        findNext(false);
    });
    connect(up, &QToolButton::clicked, this, [this] { findNext(true); });
    connect(down, &QToolButton::clicked, this, [this] { findNext(false); });
    connect(m_revert, &QPushButton::clicked, this, &ValueEditor::revert);
    connect(m_save, &QPushButton::clicked, this, &ValueEditor::saveRequested);
    connect(m_loadAll, &QPushButton::clicked, this, &ValueEditor::loadAllRequested);
    showState();
}

ValueEditor::~ValueEditor() = default;

ValueView *ValueEditor::view() const
{
    return m_current < 0 ? nullptr : m_views[std::size_t(m_current)].view;
}

void ValueEditor::setValue(const QByteArray &bytes, std::int64_t totalBytes)
{
    m_original = bytes;
    m_totalBytes = std::max<std::int64_t>(totalBytes, bytes.size());
    m_shown = bytes.size() < m_totalBytes ? withoutCutCharacter(bytes) : bytes;
    m_hasValue = true;
    chooseView();
}

void ValueEditor::clear()
{
    m_original.clear();
    m_shown.clear();
    m_base.clear();
    m_totalBytes = 0;
    m_hasValue = false;
    m_current = -1;
    m_pages->setCurrentIndex(0);
    showState();
}

void ValueEditor::chooseView()
{
    int best = 0;
    int bestFit = -1;
    QHash<QString, int> fitting;
    for (std::size_t i = 0; i < m_views.size(); ++i) {
        const Entry &entry = m_views[i];
        const int fit = entry.factory->fit(m_shown);
        entry.button->setVisible(fit > 0);
        if (fit > 0)
            fitting.insert(entry.factory->id(), int(i));
        if (fit > bestFit) {
            best = int(i);
            bestFit = fit;
        }
    }
    m_kind = m_views[std::size_t(best)].factory->id();
    showIn(fitting.value(m_chosen.value(m_kind), best), m_original);
}

void ValueEditor::showIn(int index, const QByteArray &bytes)
{
    Entry &entry = m_views[std::size_t(index)];
    if (!entry.view) {
        entry.view = entry.factory->create().release();
        m_pages->addWidget(entry.view);
        entry.view->setWrap(m_wrap->isChecked());
        for (QWidget *child : entry.view->findChildren<QWidget *>())
            child->installEventFilter(this);
        connect(entry.view, &ValueView::edited, this, &ValueEditor::viewEdited);
    }
    m_current = index;
    m_base = bytes;
    entry.view->setBytes(bytes == m_original ? m_shown : bytes);
    entry.view->setStored(m_shown);
    entry.button->setChecked(true);
    m_pages->setCurrentWidget(entry.view);
    showState();
}

// What cannot be saved as it is typed cannot be shown in another view either.
void ValueEditor::switchTo(int index)
{
    if (index == m_current || !m_hasValue)
        return;
    const Result<QByteArray> current = value();
    if (!current.ok()) {
        m_views[std::size_t(m_current)].button->setChecked(true);
        showState();
        return;
    }
    showIn(index, *current);
}

Result<QByteArray> ValueEditor::value() const
{
    const ValueView *shown = view();
    return shown && shown->isModified() ? shown->bytes() : Result<QByteArray>(m_base);
}

bool ValueEditor::isModified() const
{
    if (!m_hasValue)
        return false;
    const Result<QByteArray> now = value();
    return !now.ok() || *now != m_original;
}

void ValueEditor::revert()
{
    if (m_current >= 0)
        showIn(m_current, m_original);
}

void ValueEditor::setSaved(const QByteArray &bytes)
{
    m_original = bytes;
    m_shown = bytes;
    m_totalBytes = bytes.size();
    if (view())
        view()->setStored(bytes);
    // The view stays as it is, with its cursor, its undo steps and what was typed while the save was on its way.
    showState();
}

void ValueEditor::setReadOnly(bool readOnly, const QString &reason)
{
    m_readOnly = readOnly;
    m_readOnlyReason = reason;
    showState();
}

QString ValueEditor::viewName() const
{
    return m_current < 0 ? QString() : m_views[std::size_t(m_current)].factory->id();
}

void ValueEditor::setViewName(const QString &id)
{
    for (std::size_t i = 0; i < m_views.size(); ++i) {
        if (m_views[i].factory->id() != id)
            continue;
        m_chosen.insert(m_kind, id);
        switchTo(int(i));
    }
}

// Reading megabytes back after each key would be felt: those wait for a pause.
void ValueEditor::viewEdited()
{
    if (m_base.size() <= kReadAtOnce)
        showState();
    else
        m_pause->start();
}

void ValueEditor::showState()
{
    m_pause->stop();
    ValueView *shown = view();
    const bool partial = m_hasValue && m_original.size() < m_totalBytes;
    const Result<QByteArray> now = value(); // once: it may be megabytes
    const bool modified = m_hasValue && (!now.ok() || *now != m_original);
    if (shown)
        shown->setReadOnly(m_readOnly || partial || !m_hasValue);
    QString note;
    bool wrong = false;
    if (partial)
        note = tr("Only the first %1 of %2 are shown. Load all to edit.").arg(humanBytes(m_original.size()), humanBytes(m_totalBytes));
    else if (m_hasValue && !now.ok()) {
        note = tr("This cannot be saved yet: %1").arg(errorText(now.error()).sentence);
        wrong = true;
    } else if (m_readOnly)
        note = m_readOnlyReason;
    else if (shown)
        note = shown->whyFixed();
    m_noteText->setText(note);
    m_note->setProperty("banner", wrong ? QStringLiteral("warning") : QStringLiteral("info"));
    m_note->setStyleSheet(m_note->styleSheet()); // a property in a selector counts only after this
    m_noteBox->setVisible(!note.isEmpty());
    m_loadAll->setVisible(partial);
    m_size->setText(m_hasValue ? humanBytes(now.ok() && modified ? now->size() : m_totalBytes) : QString());
    m_size->setToolTip(m_hasValue ? tr("%1 bytes").arg(groupedNumber(m_totalBytes)) : QString());
    m_wrap->setVisible(shown && shown->canWrap());
    m_find->setVisible(shown && shown->canFind());
    if (!shown || !shown->canFind())
        m_findBar->hide();
    const bool fixed = m_readOnly || partial || !m_hasValue;
    m_save->setVisible(!fixed);
    m_revert->setVisible(!fixed);
    m_save->setEnabled(modified && now.ok());
    m_revert->setEnabled(modified);
    for (const Entry &entry : m_views)
        entry.button->setEnabled(m_hasValue);
    if (modified != m_wasModified) {
        m_wasModified = modified;
        Q_EMIT modifiedChanged(modified);
    }
}

void ValueEditor::startFind()
{
    m_findBar->show();
    m_findText->setFocus();
    m_findText->selectAll();
}

void ValueEditor::findNext(bool backward)
{
    ValueView *shown = view();
    const bool found = !shown || shown->find(m_findText->text(), backward);
    m_findText->setProperty("invalid", !found && !m_findText->text().isEmpty());
    m_findText->setStyleSheet(m_findText->styleSheet());
}

bool ValueEditor::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() != QEvent::KeyPress && event->type() != QEvent::ShortcutOverride)
        return QWidget::eventFilter(watched, event);
    const auto *key = static_cast<QKeyEvent *>(event);
    const bool control = key->modifiers().testFlag(Qt::ControlModifier);
    const bool save = control && (key->key() == Qt::Key_S || key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter);
    const bool find = control && key->key() == Qt::Key_F && view() && view()->canFind();
    const bool inFind = watched == m_findText && (key->key() == Qt::Key_Escape || key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter);
    if (!save && !find && !inFind)
        return QWidget::eventFilter(watched, event);
    if (event->type() == QEvent::ShortcutOverride) {
        event->accept(); // here these keys belong to the value, not to the window
        return true;
    }
    if (save) {
        if (m_pause->isActive())
            showState();
        if (m_save->isVisible() && m_save->isEnabled())
            Q_EMIT saveRequested();
    } else if (find) {
        startFind();
    } else if (key->key() == Qt::Key_Escape) {
        m_findBar->hide();
        if (view())
            view()->setFocus();
    } else {
        findNext(key->modifiers().testFlag(Qt::ShiftModifier));
    }
    return true;
}

} // namespace keyloupe
