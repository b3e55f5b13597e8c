// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/key_view.h"

#include "core/base/escape.h"
#include "ui/dialogs/conflict_dialog.h"
#include "ui/dialogs/key_dialogs.h"
#include "ui/editors/value_editor.h"
#include "ui/format/error_text.h"
#include "ui/format/human.h"
#include "ui/models/key_edits.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/views/element_table.h"
#include "ui/views/key_header_bar.h"

#include <QComboBox>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QMessageBox>
#include <QPushButton>
#include <QShortcut>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

namespace keyloupe {
namespace {

QString rawReason(const OpenKey &key)
{
    if (!key.raw())
        return {};
    if (key.raw()->moduleName.isEmpty())
        return KeyView::tr("The bytes of a value of type %1. Its TTL and name can be changed.").arg(displayText(key.header().typeName));
    return KeyView::tr("A value of the module type %1, version %2 of its layout: the bytes that the module wrote. Only the module can change them; TTL and name can be changed.")
            .arg(displayText(key.raw()->moduleName))
            .arg(key.raw()->encodingVersion);
}

} // namespace

KeyView::KeyView(SourceSession &session, QWidget *parent)
    : QWidget(parent), m_session(session), m_key(session), m_header(new KeyHeaderBar(session, m_key)), m_noticeBox(new QWidget), m_notice(new QFrame), m_noticeText(new QLabel),
      m_pages(new QStackedWidget), m_messagePage(new QWidget), m_message(new QLabel), m_showBytes(new QPushButton), m_split(new QSplitter(Qt::Horizontal)), m_table(new ElementTable(session)), m_pane(new QWidget),
      m_field(new QComboBox), m_editor(new ValueEditor)
{
    m_noticeText->setWordWrap(true);
    m_noticeText->setTextFormat(Qt::PlainText);
    auto *dismiss = new QToolButton;
    dismiss->setIcon(themedIcon(QStringLiteral("close")));
    dismiss->setAccessibleName(tr("Dismiss"));
    connect(dismiss, &QToolButton::clicked, m_noticeBox, &QWidget::hide);
    auto *notice = new QHBoxLayout(m_notice);
    notice->setContentsMargins(space::kM, space::kXs, space::kXs, space::kXs);
    notice->addWidget(m_noticeText, 1);
    notice->addWidget(dismiss, 0, Qt::AlignTop);
    auto *noticeRoom = new QHBoxLayout(m_noticeBox);
    noticeRoom->setContentsMargins(space::kS, space::kS, space::kS, 0);
    noticeRoom->addWidget(m_notice);
    m_noticeBox->hide();

    m_message->setAlignment(Qt::AlignCenter);
    m_message->setWordWrap(true);
    m_message->setTextFormat(Qt::PlainText);
    m_message->setProperty("tone", QStringLiteral("muted"));
    m_message->setContentsMargins(space::kXl, space::kXl, space::kXl, space::kM);
    m_showBytes->hide();
    connect(m_showBytes, &QPushButton::clicked, this, [this] {
        m_showBytes->setEnabled(false);
        m_key.loadRaw();
    });
    auto *message = new QVBoxLayout(m_messagePage);
    message->addStretch(1);
    message->addWidget(m_message);
    message->addWidget(m_showBytes, 0, Qt::AlignHCenter);
    message->addStretch(1);
    m_field->setAccessibleName(tr("Field of the entry"));
    m_field->setFont(monoFont());
    auto *pane = new QVBoxLayout(m_pane);
    pane->setContentsMargins(0, space::kXs, 0, 0);
    pane->setSpacing(0);
    auto *fieldLine = new QHBoxLayout;
    fieldLine->setContentsMargins(space::kS, 0, space::kS, 0);
    fieldLine->addWidget(m_field);
    pane->addLayout(fieldLine);
    pane->addWidget(m_editor, 1);
    m_table->setMinimumWidth(220);
    m_pane->setMinimumWidth(240);
    m_split->setChildrenCollapsible(false);
    m_split->addWidget(m_table);
    m_split->addWidget(m_pane);
    m_split->setStretchFactor(0, 3);
    m_split->setStretchFactor(1, 2);
    m_split->setSizes({600, 460});
    m_pages->addWidget(m_messagePage);
    m_pages->addWidget(m_split);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_header);
    layout->addWidget(m_noticeBox);
    layout->addWidget(m_pages, 1);

    const auto shortcut = [this](Qt::Key key, auto slot) {
        auto *made = new QShortcut(QKeySequence(key), this);
        made->setContext(Qt::WidgetWithChildrenShortcut);
        connect(made, &QShortcut::activated, this, slot);
    };
    const auto refresh = [this] { withoutLosing([this] { m_key.refresh(); }); };
    const auto rename = [this] {
        if (m_key.state() == OpenKey::State::Ready && m_session.isWritable())
            askRename(m_session, m_key.ref(), m_key.header(), this);
    };
    shortcut(Qt::Key_F5, refresh);
    shortcut(Qt::Key_F2, rename);
    connect(m_header, &KeyHeaderBar::refreshRequested, this, refresh);
    connect(m_header, &KeyHeaderBar::renameRequested, this, rename);
    connect(m_header, &KeyHeaderBar::deleteRequested, this, [this] { askDelete(m_session, m_key.ref(), m_key.header(), this); });
    connect(m_header, &KeyHeaderBar::expiryRequested, this, [this] { askExpiry(m_session, m_key.ref(), m_key.header(), this); });
    connect(&m_key, &OpenKey::opened, this, &KeyView::showOpened);
    connect(&m_key, &OpenKey::headerChanged, this, &KeyView::showState);
    connect(&m_key, &OpenKey::stringChanged, this, &KeyView::showString);
    connect(&m_key, &OpenKey::rawChanged, this, &KeyView::showRaw);
    connect(&m_key, &OpenKey::renamed, this, &KeyView::titleChanged);
    connect(&session.source(), &Source::infoChanged, this, &KeyView::showState);
    connect(&session.source(), &Source::stateChanged, this, &KeyView::showState);
    connect(m_table, &ElementTable::currentChanged, this, &KeyView::elementChosen);
    connect(m_table, &ElementTable::addRequested, this, [this] {
        EditDialog *dialog = askNewElement(m_session, m_key.ref(), m_key.header(), this);
        connect(dialog, &EditDialog::made, this, [this](const Edit &edit, const std::vector<RespValue> &replies) { m_table->model().applied(edit.change, replies); });
    });
    connect(m_table, &ElementTable::removeRequested, this, [this] { withoutLosing([this] { askRemove(); }); });
    connect(m_table, &ElementTable::scoreRequested, this, [this] { withoutLosing([this] { askNewScore(); }); });
    connect(m_field, &QComboBox::activated, this, &KeyView::showField);
    connect(m_editor, &ValueEditor::saveRequested, this, [this] { save(); });
    connect(m_editor, &ValueEditor::loadAllRequested, &m_key, &OpenKey::loadWholeString);
    connect(m_editor, &ValueEditor::modifiedChanged, this, &KeyView::titleChanged);
    showState();
}

bool KeyView::isModified() const
{
    return m_editor->isModified();
}

void KeyView::open(const KeyRef &key)
{
    m_noticeBox->hide();
    m_element.reset();
    m_editor->clear();
    m_table->clear();
    m_key.open(key);
    Q_EMIT titleChanged();
}

// Type known: the page for it; elements are read from the start.
void KeyView::showOpened()
{
    m_element.reset();
    m_editor->clear();
    const ValueKind kind = m_key.header().kind;
    const bool collection = isCollection(kind);
    m_table->setVisible(collection);
    m_field->setVisible(kind == ValueKind::Stream);
    if (collection)
        m_table->open(m_key.ref(), m_key.header());
    else
        m_table->clear();
    showState();
}

void KeyView::showState()
{
    const bool writable = m_key.state() == OpenKey::State::Ready && m_session.isWritable();
    m_table->setHeader(m_key.header());
    m_table->setWritable(writable);
    const ValueKind kind = m_key.header().kind;
    if (kind == ValueKind::Stream)
        m_editor->setReadOnly(true, tr("Entries of a stream cannot be changed, only added and deleted."));
    else if (kind == ValueKind::Other)
        m_editor->setReadOnly(true, rawReason(m_key));
    else
        m_editor->setReadOnly(!writable, m_session.source().info().readOnly ? tr("This source is read-only.") : QString());
    switch (m_key.state()) {
    case OpenKey::State::Empty:
    case OpenKey::State::Loading:
        showMessagePage({}, m_key.state() == OpenKey::State::Loading ? tr("Reading…") : QString());
        break;
    case OpenKey::State::Gone:
        // What was typed stays to be copied.
        if (m_editor->isModified())
            showNotice(tr("This key is gone: it was deleted or has expired. What you typed is still here."), true);
        else
            showMessagePage(tr("This key is gone"), tr("It was deleted or has expired."));
        break;
    case OpenKey::State::Failed:
        if (m_editor->isModified())
            showNotice(errorLine(m_key.error()), true);
        else
            showMessagePage(tr("This key cannot be read"), errorLine(m_key.error()));
        break;
    case OpenKey::State::Ready:
        if (kind == ValueKind::Other && !m_key.raw()) {
            const std::int64_t size = m_key.header().memoryBytes;
            showMessagePage(tr("A value of type %1").arg(displayText(m_key.header().typeName)), tr("Only the module that made this value can show it. Its TTL and name can be changed."));
            m_showBytes->setText(size < 0 ? tr("Show its bytes") : tr("Show its bytes, about %1").arg(humanBytes(size)));
            m_showBytes->setVisible(size < 0 || size > OpenKey::kRawBytes);
        } else {
            m_pages->setCurrentWidget(m_split);
        }
        break;
    }
}

// Bytes that only a module understands.
void KeyView::showRaw()
{
    const RawValue &raw = *m_key.raw();
    if (raw.bytes == m_editor->original() && !m_editor->viewName().isEmpty())
        return;
    m_editor->setValue(raw.bytes, raw.bytes.size());
    showState();
}

void KeyView::showMessagePage(const QString &title, const QString &text)
{
    m_message->setText(title.isEmpty() ? text : title + QStringLiteral("\n\n") + text);
    m_showBytes->hide();
    m_showBytes->setEnabled(true);
    m_pages->setCurrentWidget(m_messagePage);
}

void KeyView::showString()
{
    const StringSlice &slice = m_key.string();
    const QByteArray &bytes = slice.bytes;
    if (m_editor->isModified()) {
        if (bytes != m_editor->original())
            showNotice(tr("The value was changed on the server while you were typing. Saving will ask what to do."), false);
        return;
    }
    // The same bytes again would only throw the cursor back to the start.
    if (bytes != m_editor->original() || m_editor->viewName().isEmpty() || slice.totalBytes != bytes.size())
        m_editor->setValue(bytes, slice.totalBytes);
}

void KeyView::elementChosen()
{
    if (m_restoring)
        return;
    const std::optional<Element> chosen = m_table->current();
    const bool same = m_element && chosen && chosen->name == m_element->name && chosen->index == m_element->index;
    if (!m_editor->isModified() || same) {
        if (!m_editor->isModified())
            showElement();
        return;
    }
    // Back to the row that is being edited until its change is saved or given up.
    const Element edited = *m_element;
    m_restoring = true;
    m_table->select(edited.name, edited.index);
    m_restoring = false;
    if (!chosen)
        return;
    withoutLosing([this, wanted = *chosen] { m_table->select(wanted.name, wanted.index); });
}

void KeyView::showElement()
{
    const std::optional<Element> before = std::exchange(m_element, m_table->current());
    if (m_element == before && m_element)
        return;
    m_field->clear();
    if (!m_element)
        return m_editor->clear();
    const ValueKind kind = m_key.header().kind;
    if (kind == ValueKind::Stream) {
        for (const auto &[field, value] : m_element->fields)
            m_field->addItem(displayText(field, 80));
        return showField();
    }
    const QByteArray &bytes = kind == ValueKind::Hash || kind == ValueKind::List ? m_element->value : m_element->name;
    m_editor->setValue(bytes, bytes.size());
}

void KeyView::showField()
{
    const int index = m_field->currentIndex();
    if (!m_element || index < 0 || index >= int(m_element->fields.size()))
        return m_editor->clear();
    const QByteArray &value = m_element->fields[std::size_t(index)].second;
    m_editor->setValue(value, value.size());
}

std::optional<EditChange> KeyView::changeOf(const QByteArray &bytes) const
{
    const QByteArray before = m_editor->original();
    if (m_key.header().kind == ValueKind::String)
        return SetString{before, bytes};
    if (!m_element)
        return std::nullopt;
    switch (m_key.header().kind) {
    case ValueKind::Hash:
        return SetHashField{m_element->name, before, bytes, m_element->expireAtMs};
    case ValueKind::List:
        return SetListElement{m_element->index, before, bytes};
    case ValueKind::Set:
        return ReplaceSetMember{before, bytes};
    case ValueKind::SortedSet:
        return RenameScoredMember{before, bytes, m_element->score};
    default:
        return std::nullopt;
    }
}

void KeyView::save(std::function<void()> then)
{
    const Result<QByteArray> bytes = m_editor->value();
    if (!bytes.ok())
        return showNotice(errorLine(bytes.error()), true);
    if (std::optional<EditChange> change = changeOf(*bytes))
        submit(std::move(*change), *bytes, std::move(then));
}

void KeyView::submit(EditChange change, const QByteArray &saved, std::function<void()> then)
{
    m_noticeBox->hide();
    const Edit edit = m_key.editOf(std::move(change));
    submitEdit(m_session, edit, this, [this, edit, saved, element = m_element, then = std::move(then)](const Result<EditOutcome> &outcome) {
        if (!outcome.ok())
            return showNotice(errorLine(outcome.error()), true);
        if (outcome->conflict)
            return showConflict(*outcome->conflict, saved);
        QStringList sent;
        for (const Command &command : commandsOf(edit))
            sent.append(QString::fromUtf8(printableCommand(command, 40)));
        Q_EMIT m_session.messagePosted(tr("Saved: %1").arg(sent.join(QStringLiteral("; "))));
        // Another key may be open by now, or another element of it in the editor.
        if (edit.key == m_key.ref().key && edit.db == m_key.ref().db) {
            const bool sameElement = m_element == element;
            if (m_element && sameElement) {
                if (std::holds_alternative<ReplaceSetMember>(edit.change) || std::holds_alternative<RenameScoredMember>(edit.change))
                    m_element->name = saved;
                else
                    m_element->value = saved;
            }
            if (sameElement)
                m_editor->setSaved(saved);
            m_table->model().applied(edit.change, outcome->replies);
            if (m_element && sameElement)
                m_table->select(m_element->name, m_element->index);
            // Typed on while it was being saved: that is not saved, so what waited for it does not happen.
            if (m_editor->isModified())
                return;
        }
        if (then)
            then();
    });
}

void KeyView::showConflict(const EditConflict &conflict, const QByteArray &yours)
{
    EditConflict shown = conflict;
    if (!shown.yours)
        shown.yours = yours;
    if (!shown.opened)
        shown.opened = m_editor->original();
    auto *dialog = new ConflictDialog(shown, this);
    connect(dialog, &ConflictDialog::takeTheirsRequested, this, [this] {
        m_editor->revert();
        m_key.refresh();
    });
    // Written over what the person has now seen; if it changes once more, that is a new conflict.
    connect(dialog, &ConflictDialog::overwriteRequested, this, [this, now = conflict.now, yours] {
        std::optional<EditChange> change = changeOf(yours);
        if (!change || !now)
            return;
        if (auto *string = std::get_if<SetString>(&*change))
            string->before = *now;
        else if (auto *field = std::get_if<SetHashField>(&*change))
            field->before = *now;
        else if (auto *element = std::get_if<SetListElement>(&*change))
            element->before = *now;
        submit(std::move(*change), yours, {});
    });
    dialog->open();
}

void KeyView::askNewScore()
{
    const std::optional<Element> element = m_table->current();
    if (!element)
        return;
    EditDialog *dialog = askScore(m_session, m_key.ref(), element->name, element->score, this);
    connect(dialog, &EditDialog::made, this, [this](const Edit &edit, const std::vector<RespValue> &replies) {
        m_table->model().applied(edit.change, replies);
        m_table->select(std::get<SetScore>(edit.change).member, -1);
    });
}

void KeyView::askRemove()
{
    const std::optional<Element> element = m_table->current();
    if (!element || !m_session.isWritable())
        return;
    EditChange change;
    QString what;
    switch (m_key.header().kind) {
    case ValueKind::Hash:
        change = RemoveHashField{element->name, element->value};
        what = tr("Remove the field %1?").arg(displayText(element->name, 120));
        break;
    case ValueKind::List:
        change = RemoveListElement{element->index, element->value};
        what = tr("Remove element %1?").arg(groupedNumber(element->index));
        break;
    case ValueKind::Set:
        change = RemoveSetMember{element->name};
        what = tr("Remove the member %1?").arg(displayText(element->name, 120));
        break;
    case ValueKind::SortedSet:
        change = RemoveScoredMember{element->name, element->score};
        what = tr("Remove the member %1?").arg(displayText(element->name, 120));
        break;
    case ValueKind::Stream:
        change = RemoveStreamEntry{element->name};
        what = tr("Delete the entry %1?").arg(displayText(element->name));
        break;
    default:
        return;
    }
    const bool last = m_key.header().length == 1 && m_key.header().kind != ValueKind::Stream;
    auto *box = new QMessageBox(QMessageBox::NoIcon, tr("Remove"), what, QMessageBox::Cancel, this);
    box->setInformativeText(last ? tr("It is the last one: the key goes with it.") : QString());
    box->setTextFormat(Qt::PlainText);
    box->setAttribute(Qt::WA_DeleteOnClose);
    QPushButton *remove = box->addButton(tr("Remove"), QMessageBox::DestructiveRole);
    remove->setProperty("variant", QStringLiteral("danger"));
    box->setDefaultButton(QMessageBox::Cancel);
    connect(remove, &QPushButton::clicked, this, [this, change] {
        const Edit edit = m_key.editOf(change);
        submitEdit(m_session, edit, this, [this, edit](const Result<EditOutcome> &outcome) {
            if (!outcome.ok())
                return showNotice(errorLine(outcome.error()), true);
            if (outcome->conflict)
                return showNotice(conflictText(*outcome->conflict), true);
            m_table->model().applied(edit.change, outcome->replies);
        });
    });
    box->open();
}

void KeyView::withoutLosing(std::function<void()> then)
{
    if (!isModified())
        return then();
    auto *box = new QMessageBox(QMessageBox::NoIcon, tr("Unsaved change"), tr("%1 has a change that is not saved.").arg(displayText(m_key.ref().key, 120)),
                                QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel, this);
    box->setTextFormat(Qt::PlainText);
    box->setAttribute(Qt::WA_DeleteOnClose);
    connect(box, &QMessageBox::finished, this, [this, then = std::move(then)](int answer) {
        if (answer == QMessageBox::Save) {
            save(then);
        } else if (answer == QMessageBox::Discard) {
            m_editor->revert();
            then();
        }
    });
    box->open();
}

void KeyView::showNotice(const QString &text, bool danger)
{
    m_noticeText->setText(text);
    m_notice->setProperty("banner", danger ? QStringLiteral("danger") : QStringLiteral("warning"));
    m_notice->setStyleSheet(m_notice->styleSheet()); // a property in a selector counts only after this
    m_noticeBox->show();
}

} // namespace keyloupe
