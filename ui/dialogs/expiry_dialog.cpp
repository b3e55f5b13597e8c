// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/key_dialogs.h"
#include "ui/format/human.h"
#include "ui/models/key_edits.h"
#include "ui/theme/theme.h"
#include "ui/views/duration_edit.h"

#include <QDateTimeEdit>
#include <QFormLayout>
#include <QGridLayout>
#include <QLabel>
#include <QRadioButton>

namespace keyloupe {
namespace {

class ExpiryDialog final : public EditDialog
{
public:
    ExpiryDialog(SourceSession &keys, const KeyRef &key, const KeyHeader &header, QWidget *parent)
        : EditDialog(keys, tr("Time to live"), tr("Set"), parent), m_key(key), m_header(header), m_in(new QRadioButton(tr("Expires in"))),
          m_at(new QRadioButton(tr("Expires at"))), m_never(new QRadioButton(tr("Never expires"))), m_duration(new DurationEdit(false)), m_moment(new QDateTimeEdit)
    {
        const std::int64_t now = nowOf(keys);
        const bool expires = header.expireAtMs >= 0;
        const QString current = expires ? tr("%1 left, until %2").arg(humanDuration(std::max<std::int64_t>(0, header.expireAtMs - now)), momentText(header.expireAtMs))
                                        : tr("no TTL");
        m_moment->setDisplayFormat(QStringLiteral("yyyy-MM-dd HH:mm:ss"));
        m_moment->setCalendarPopup(true);
        m_moment->setAccessibleName(tr("Moment of expiry"));
        m_moment->setDateTime(QDateTime::fromMSecsSinceEpoch(expires ? header.expireAtMs : now + 3'600'000));
        auto *choices = new QGridLayout;
        choices->setHorizontalSpacing(space::kL);
        choices->setVerticalSpacing(space::kM);
        choices->addWidget(m_in, 0, 0);
        choices->addWidget(m_duration, 0, 1);
        choices->addWidget(m_at, 1, 0);
        choices->addWidget(m_moment, 1, 1, Qt::AlignLeft);
        choices->addWidget(m_never, 2, 0);
        choices->setColumnStretch(1, 1);
        for (int row = 0; row < 3; ++row)
            choices->setRowMinimumHeight(row, 32);
        m_moment->setMinimumWidth(200);
        auto *line = new QLabel(tr("Now: %1").arg(current));
        line->setProperty("tone", QStringLiteral("muted"));
        form()->addRow(line);
        form()->addRow(choices);
        if (keys.source().fileActions()) {
            auto *note = new QLabel(tr("The clock of a snapshot stands still at %1.").arg(momentText(now)));
            note->setProperty("role", QStringLiteral("caption"));
            note->setWordWrap(true);
            form()->addRow(note);
        }
        m_in->setChecked(true);
        m_duration->setFocus();
        for (QRadioButton *choice : {m_in, m_at, m_never})
            connect(choice, &QRadioButton::toggled, this, [this] { choose(); });
        connect(m_duration, &DurationEdit::edited, this, [this] { formChanged(); });
        connect(m_moment, &QDateTimeEdit::dateTimeChanged, this, [this] { formChanged(); });
        choose();
    }

protected:
    Result<Edit> edit() const override
    {
        SetExpiry change;
        if (m_in->isChecked())
            change = {SetExpiry::Kind::In, m_duration->durationMs()};
        else if (m_at->isChecked())
            change = {SetExpiry::Kind::At, m_moment->dateTime().toMSecsSinceEpoch()};
        return Edit{m_key.db, m_key.key, m_header.kind, m_header.typeName, change};
    }

private:
    void choose()
    {
        m_duration->setEnabled(m_in->isChecked());
        m_moment->setEnabled(m_at->isChecked());
        formChanged();
    }

    KeyRef m_key;
    KeyHeader m_header;
    QRadioButton *m_in;
    QRadioButton *m_at;
    QRadioButton *m_never;
    DurationEdit *m_duration;
    QDateTimeEdit *m_moment;
};

} // namespace

EditDialog *askExpiry(SourceSession &session, const KeyRef &key, const KeyHeader &header, QWidget *parent)
{
    auto *dialog = new ExpiryDialog(session, key, header, parent);
    dialog->open();
    return dialog;
}

} // namespace keyloupe
