// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/key_dialogs.h"
#include "ui/theme/theme.h"
#include "ui/views/bytes_edit.h"

#include <QFormLayout>
#include <QLabel>

namespace keyloupe {
namespace {

class RenameDialog final : public EditDialog
{
public:
    RenameDialog(SourceSession &keys, const KeyRef &key, const KeyHeader &header, QWidget *parent)
        : EditDialog(keys, tr("Rename key"), tr("Rename"), parent), m_key(key), m_header(header), m_name(new BytesEdit(BytesEdit::Lines::One, tr("New name")))
    {
        m_name->setBytes(key.key);
        m_name->selectAll();
        form()->addRow(formLabel(tr("New name")), m_name);
        auto *note = new QLabel(tr("Value and TTL move along. A key that has the new name already is never replaced."));
        note->setProperty("role", QStringLiteral("caption"));
        note->setWordWrap(true);
        form()->addRow(formLabel({}), note);
        connect(m_name, &BytesEdit::edited, this, [this] { formChanged(); });
        m_name->setFocus();
        formChanged();
    }

protected:
    Result<Edit> edit() const override
    {
        KL_TRY(const QByteArray name, m_name->bytes());
        return Edit{m_key.db, m_key.key, m_header.kind, m_header.typeName, RenameKey{name}};
    }

private:
    KeyRef m_key;
    KeyHeader m_header;
    BytesEdit *m_name;
};

} // namespace

EditDialog *askRename(SourceSession &session, const KeyRef &key, const KeyHeader &header, QWidget *parent)
{
    auto *dialog = new RenameDialog(session, key, header, parent);
    dialog->open();
    return dialog;
}

} // namespace keyloupe
