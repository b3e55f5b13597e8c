// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/escape.h"
#include "ui/dialogs/key_dialogs.h"
#include "ui/format/human.h"
#include "ui/theme/theme.h"
#include "ui/theme/type_badge.h"

#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>

namespace keyloupe {
namespace {

class DeleteDialog final : public EditDialog
{
public:
    DeleteDialog(SourceSession &keys, const KeyRef &key, const KeyHeader &header, QWidget *parent)
        : EditDialog(keys, tr("Delete key"), tr("Delete"), parent), m_key(key), m_header(header)
    {
        auto *name = new QLabel(displayText(key.key, 300));
        name->setFont(monoFont());
        name->setTextFormat(Qt::PlainText);
        name->setWordWrap(true);
        auto *badge = new TypeBadge;
        badge->setTypeName(header.typeName);
        QStringList facts;
        if (header.length >= 0)
            facts.append(header.kind == ValueKind::String ? humanBytes(header.length) : tr("%1 elements").arg(groupedNumber(header.length)));
        if (header.memoryBytes >= 0)
            facts.append(tr("%1 in memory").arg(humanBytes(header.memoryBytes)));
        auto *what = new QLabel(facts.join(QStringLiteral(" · ")));
        what->setProperty("tone", QStringLiteral("muted"));
        auto *row = new QHBoxLayout;
        row->setSpacing(space::kS);
        row->addWidget(badge);
        row->addWidget(what);
        row->addStretch();
        const bool file = keys.source().fileActions() != nullptr;
        auto *note = new QLabel(file ? tr("The file itself stays as it is until you save.")
                                     : tr("On %1, db%2. This cannot be undone.").arg(keys.source().info().title).arg(key.db));
        note->setProperty("tone", file ? QStringLiteral("muted") : QStringLiteral("danger"));
        note->setWordWrap(true);
        form()->addRow(name);
        form()->addRow(row);
        form()->addRow(note);
        formChanged();
        setDangerous();
    }

protected:
    Result<Edit> edit() const override { return Edit{m_key.db, m_key.key, m_header.kind, m_header.typeName, DeleteKey{}}; }

private:
    KeyRef m_key;
    KeyHeader m_header;
};

} // namespace

EditDialog *askDelete(SourceSession &session, const KeyRef &key, const KeyHeader &header, QWidget *parent)
{
    auto *dialog = new DeleteDialog(session, key, header, parent);
    dialog->open();
    return dialog;
}

} // namespace keyloupe
