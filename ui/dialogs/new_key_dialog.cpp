// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/element_form.h"
#include "ui/dialogs/key_dialogs.h"
#include "ui/theme/theme.h"
#include "ui/theme/type_badge.h"
#include "ui/views/bytes_edit.h"
#include "ui/views/duration_edit.h"

#include <QComboBox>
#include <QFormLayout>
#include <QLabel>

namespace keyloupe {
namespace {

class NewKeyDialog final : public EditDialog
{
public:
    NewKeyDialog(SourceSession &keys, int db, const QByteArray &prefix, QWidget *parent)
        : EditDialog(keys, tr("New key"), tr("Create"), parent), m_db(db), m_name(new BytesEdit(BytesEdit::Lines::One, tr("Name of the key"))),
          m_type(new QComboBox), m_ttl(new DurationEdit(true))
    {
        m_name->setPlaceholder(tr("cache:user:1"));
        m_name->setBytes(prefix);
        m_type->setAccessibleName(tr("Type"));
        for (const ValueKind kind : {ValueKind::String, ValueKind::Hash, ValueKind::List, ValueKind::Set, ValueKind::SortedSet, ValueKind::Stream}) {
            const QByteArray name = typeNameOf(kind);
            m_type->addItem(typeIcon(name), typeLook(name).title, int(kind));
        }
        form()->addRow(formLabel(tr("Name")), m_name);
        form()->addRow(formLabel(tr("Type")), m_type);
        chooseType();
        form()->addRow(formLabel(tr("Expires in")), m_ttl);
        connect(m_name, &BytesEdit::edited, this, [this] { formChanged(); });
        connect(m_ttl, &DurationEdit::edited, this, [this] { formChanged(); });
        connect(m_type, &QComboBox::currentIndexChanged, this, [this] { chooseType(); });
        m_name->setFocus();
        formChanged();
    }

protected:
    Result<Edit> edit() const override
    {
        KL_TRY(const QByteArray name, m_name->bytes());
        if (name.isEmpty())
            return Error{Errc::InvalidArgument, QStringLiteral("the key needs a name"), -1, {}};
        KL_TRY(CreateKey create, m_element->creation());
        create.ttlMs = m_ttl->durationMs();
        return Edit{m_db, name, ValueKind::None, {}, std::move(create)};
    }

private:
    void chooseType()
    {
        constexpr int kElementRow = 2;
        if (m_element)
            form()->removeRow(kElementRow);
        m_element = new ElementForm(ValueKind(m_type->currentData().toInt()), true);
        form()->insertRow(kElementRow, m_element);
        connect(m_element, &ElementForm::edited, this, [this] { formChanged(); });
        if (m_ttl->parentWidget())
            formChanged();
    }

    int m_db;
    BytesEdit *m_name;
    QComboBox *m_type;
    ElementForm *m_element = nullptr;
    DurationEdit *m_ttl;
};

} // namespace

EditDialog *askNewKey(SourceSession &session, int db, const QByteArray &prefix, QWidget *parent)
{
    auto *dialog = new NewKeyDialog(session, db, prefix, parent);
    QObject::connect(dialog, &EditDialog::made, &session,
                     [&session](const Edit &edit) { Q_EMIT session.openKeyRequested({edit.db, edit.key}, false); });
    dialog->open();
    return dialog;
}

} // namespace keyloupe
