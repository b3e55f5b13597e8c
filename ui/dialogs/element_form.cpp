// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/element_form.h"

#include "core/base/number.h"
#include "ui/dialogs/edit_dialog.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/views/bytes_edit.h"

#include <QComboBox>
#include <QFormLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>

namespace keyloupe {
namespace {

Error wrong(const QString &what)
{
    return Error{Errc::InvalidArgument, what, -1, {}};
}

} // namespace

ElementForm::ElementForm(ValueKind kind, bool forNewKey, QWidget *parent) : QWidget(parent), m_kind(kind)
{
    auto *form = new QFormLayout(this);
    form->setContentsMargins(0, 0, 0, 0);
    form->setHorizontalSpacing(space::kL);
    form->setVerticalSpacing(space::kM);
    form->setLabelAlignment(Qt::AlignRight | Qt::AlignVCenter);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    if (kind == ValueKind::Hash) {
        m_name = new BytesEdit(BytesEdit::Lines::One, tr("Field"));
        form->addRow(formLabel(tr("Field")), m_name);
        connect(m_name, &BytesEdit::edited, this, &ElementForm::edited);
        setFocusProxy(m_name);
    }
    if (kind == ValueKind::List && !forNewKey) {
        m_end = new QComboBox;
        m_end->addItem(tr("at the end (tail)"), false);
        m_end->addItem(tr("at the beginning (head)"), true);
        m_end->setAccessibleName(tr("Where to add"));
        form->addRow(formLabel(tr("Add")), m_end);
        connect(m_end, &QComboBox::currentIndexChanged, this, &ElementForm::edited);
    }
    if (kind == ValueKind::SortedSet) {
        m_score = new QLineEdit(QStringLiteral("0"));
        m_score->setFont(monoFont());
        m_score->setAccessibleName(tr("Score"));
        form->addRow(formLabel(tr("Score")), m_score);
        connect(m_score, &QLineEdit::textEdited, this, &ElementForm::edited);
    }
    if (kind == ValueKind::Stream) {
        if (!forNewKey) {
            m_id = new QLineEdit(QStringLiteral("*"));
            m_id->setFont(monoFont());
            m_id->setAccessibleName(tr("ID of the entry"));
            m_id->setToolTip(tr("* lets the server choose the next id"));
            form->addRow(formLabel(tr("ID")), m_id);
            connect(m_id, &QLineEdit::textEdited, this, &ElementForm::edited);
        }
        m_fields = new QTableWidget(0, 2);
        m_fields->setHorizontalHeaderLabels({tr("Field"), tr("Value")});
        m_fields->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
        m_fields->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Interactive);
        m_fields->horizontalHeader()->resizeSection(0, 150);
        m_fields->horizontalHeader()->setStretchLastSection(true);
        m_fields->verticalHeader()->hide();
        m_fields->verticalHeader()->setDefaultSectionSize(28);
        m_fields->setFont(monoFont());
        m_fields->setMinimumHeight(140);
        m_fields->setAccessibleName(tr("Fields of the entry"));
        m_fields->setEditTriggers(QAbstractItemView::AllEditTriggers);
        addFieldRow();
        addFieldRow();
        m_fields->setCurrentCell(0, 0);
        auto *more = new QPushButton(themedIcon(QStringLiteral("plus")), tr("Add a field"));
        more->setProperty("variant", QStringLiteral("flat"));
        more->setAutoDefault(false);
        connect(more, &QPushButton::clicked, this, [this] {
            addFieldRow();
            m_fields->editItem(m_fields->item(m_fields->rowCount() - 1, 0));
        });
        connect(m_fields, &QTableWidget::cellChanged, this, &ElementForm::edited);
        auto *box = new QVBoxLayout;
        box->setSpacing(space::kXs);
        box->addWidget(m_fields);
        box->addWidget(more, 0, Qt::AlignLeft);
        form->addRow(formLabel(tr("Fields")), box);
        setFocusProxy(m_fields);
        return;
    }
    const QString name = kind == ValueKind::List ? tr("Element") : kind == ValueKind::Set || kind == ValueKind::SortedSet ? tr("Member") : tr("Value");
    const bool oneLine = kind == ValueKind::Set || kind == ValueKind::SortedSet;
    m_value = new BytesEdit(oneLine ? BytesEdit::Lines::One : BytesEdit::Lines::Many, name);
    form->addRow(formLabel(name), m_value);
    connect(m_value, &BytesEdit::edited, this, &ElementForm::edited);
    if (!m_name)
        setFocusProxy(m_value);
}

void ElementForm::addFieldRow()
{
    const int row = m_fields->rowCount();
    m_fields->insertRow(row);
    m_fields->setItem(row, 0, new QTableWidgetItem);
    m_fields->setItem(row, 1, new QTableWidgetItem);
}

Result<double> ElementForm::score() const
{
    if (!m_score)
        return 0.0;
    const std::optional<double> value = parseDouble(m_score->text().trimmed().toUtf8());
    if (!value)
        return wrong(QStringLiteral("the score must be a number, inf or -inf"));
    return *value;
}

Result<StreamFields> ElementForm::fields() const
{
    StreamFields pairs;
    for (int row = 0; m_fields && row < m_fields->rowCount(); ++row) {
        const QByteArray field = m_fields->item(row, 0)->text().toUtf8();
        const QByteArray value = m_fields->item(row, 1)->text().toUtf8();
        if (field.isEmpty() && value.isEmpty())
            continue;
        if (field.isEmpty())
            return wrong(QStringLiteral("a field of the entry has a value but no name"));
        pairs.emplace_back(field, value);
    }
    if (m_fields && pairs.empty())
        return wrong(QStringLiteral("a stream entry needs at least one field"));
    return pairs;
}

Result<EditChange> ElementForm::addition() const
{
    KL_TRY(const QByteArray value, m_value ? m_value->bytes() : Result<QByteArray>(QByteArray()));
    switch (m_kind) {
    case ValueKind::Hash: {
        KL_TRY(const QByteArray field, m_name->bytes());
        return EditChange(SetHashField{field, std::nullopt, value, -1});
    }
    case ValueKind::List:
        return EditChange(PushListElement{m_end && m_end->currentData().toBool(), value});
    case ValueKind::Set:
        return EditChange(AddSetMember{value});
    case ValueKind::SortedSet: {
        KL_TRY(const double number, score());
        return EditChange(SetScore{value, std::nullopt, number});
    }
    case ValueKind::Stream: {
        KL_TRY(const StreamFields pairs, fields());
        return EditChange(AddStreamEntry{m_id ? m_id->text().trimmed().toUtf8() : QByteArray("*"), pairs});
    }
    default:
        break;
    }
    return wrong(QStringLiteral("nothing can be added to a value of this type"));
}

Result<CreateKey> ElementForm::creation() const
{
    CreateKey create;
    create.kind = m_kind;
    if (m_name) {
        KL_TRY(create.name, m_name->bytes());
    }
    if (m_value) {
        KL_TRY(create.value, m_value->bytes());
    }
    KL_TRY(create.score, score());
    KL_TRY(create.fields, fields());
    return create;
}

} // namespace keyloupe
