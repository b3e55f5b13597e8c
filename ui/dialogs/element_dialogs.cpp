// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/escape.h"
#include "core/base/number.h"
#include "ui/dialogs/element_form.h"
#include "ui/dialogs/key_dialogs.h"
#include "ui/theme/theme.h"

#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>

namespace keyloupe {
namespace {

QString addTitle(ValueKind kind)
{
    switch (kind) {
    case ValueKind::Hash:
        return EditDialog::tr("Add a field");
    case ValueKind::Stream:
        return EditDialog::tr("Add an entry");
    case ValueKind::List:
        return EditDialog::tr("Add an element");
    default:
        return EditDialog::tr("Add a member");
    }
}

class NewElementDialog final : public EditDialog
{
public:
    NewElementDialog(SourceSession &keys, const KeyRef &key, const KeyHeader &header, QWidget *parent)
        : EditDialog(keys, addTitle(header.kind), tr("Add"), parent), m_key(key), m_header(header), m_element(new ElementForm(header.kind, false))
    {
        form()->addRow(m_element);
        connect(m_element, &ElementForm::edited, this, [this] { formChanged(); });
        m_element->setFocus();
        formChanged();
    }

protected:
    Result<Edit> edit() const override
    {
        KL_TRY(EditChange change, m_element->addition());
        return Edit{m_key.db, m_key.key, m_header.kind, m_header.typeName, std::move(change)};
    }

private:
    KeyRef m_key;
    KeyHeader m_header;
    ElementForm *m_element;
};

class ScoreDialog final : public EditDialog
{
public:
    ScoreDialog(SourceSession &keys, const KeyRef &key, const QByteArray &member, double before, QWidget *parent)
        : EditDialog(keys, tr("Change the score"), tr("Save"), parent), m_key(key), m_member(member), m_before(before),
          m_score(new QLineEdit(QString::fromLatin1(formatDouble(before))))
    {
        auto *name = new QLabel(displayText(member, 200));
        name->setFont(monoFont());
        name->setTextFormat(Qt::PlainText);
        name->setWordWrap(true);
        m_score->setFont(monoFont());
        m_score->setAccessibleName(tr("Score"));
        m_score->selectAll();
        form()->addRow(formLabel(tr("Member")), name);
        form()->addRow(formLabel(tr("Score")), m_score);
        connect(m_score, &QLineEdit::textEdited, this, [this] { formChanged(); });
        m_score->setFocus();
        formChanged();
    }

protected:
    Result<Edit> edit() const override
    {
        const std::optional<double> score = parseDouble(m_score->text().trimmed().toUtf8());
        if (!score)
            return Error{Errc::InvalidArgument, QStringLiteral("the score must be a number, inf or -inf"), -1, {}};
        return Edit{m_key.db, m_key.key, ValueKind::SortedSet, {}, SetScore{m_member, m_before, *score}};
    }

private:
    KeyRef m_key;
    QByteArray m_member;
    double m_before;
    QLineEdit *m_score;
};

} // namespace

EditDialog *askNewElement(SourceSession &session, const KeyRef &key, const KeyHeader &header, QWidget *parent)
{
    auto *dialog = new NewElementDialog(session, key, header, parent);
    dialog->open();
    return dialog;
}

EditDialog *askScore(SourceSession &session, const KeyRef &key, const QByteArray &member, double score, QWidget *parent)
{
    auto *dialog = new ScoreDialog(session, key, member, score, parent);
    dialog->open();
    return dialog;
}

} // namespace keyloupe
