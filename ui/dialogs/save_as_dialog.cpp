// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/save_as_dialog.h"

#include "core/async/on_ready.h"
#include "ui/format/error_text.h"
#include "ui/format/human.h"
#include "ui/models/finding_model.h"
#include "ui/models/source_session.h"
#include "ui/theme/theme.h"
#include "ui/views/path_edit.h"
#include "ui/views/plain_table.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QHeaderView>
#include <QLabel>
#include <QTableView>

namespace keyloupe {
namespace {

constexpr int kTableHeight = 190;
constexpr int kWidth = 640;

} // namespace

SaveAsDialog::SaveAsDialog(SourceSession &source, const QString &path, QWidget *parent)
    : TaskDialog(tr("Save snapshot as"), tr("Save"), parent), m_session(source),
      m_path(new PathEdit(tr("Save snapshot as"), tr("Redis snapshots (*.rdb);;All files (*)"))), m_target(new QComboBox), m_summary(new QLabel),
      m_findings(new FindingModel(this)), m_table(makePlainTable(m_findings, tr("What the server cannot hold"), this)), m_agree(new QCheckBox)
{
    setMinimumWidth(kWidth);
    m_path->setPath(path);
    const QString format = source.source().info().version;
    m_target->setObjectName(QStringLiteral("target"));
    m_target->setAccessibleName(tr("Server that shall load it"));
    m_target->addItem(format.isEmpty() ? tr("As the file is") : tr("As the file is: %1").arg(format));
    for (const SaveTarget each : kSaveTargets)
        m_target->addItem(tr("For %1").arg(QLatin1String(factsOf(each).title)), int(each));
    m_summary->setWordWrap(true);
    m_summary->setTextFormat(Qt::PlainText);
    m_table->setFixedHeight(kTableHeight);
    m_table->setFrameShape(QFrame::StyledPanel);
    m_table->setStyleSheet({});
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->setColumnWidth(FindingModel::Database, 56);
    m_table->setColumnWidth(FindingModel::Key, 190);
    m_agree->setObjectName(QStringLiteral("agree"));
    m_agree->setText(tr("Save without what is listed"));

    form()->addRow(formLabel(tr("File")), m_path);
    form()->addRow(formLabel(tr("Format")), m_target);
    form()->addRow(formLabel({}), m_summary);
    form()->addRow(m_table);
    form()->addRow(m_agree);
    connect(m_path, &PathEdit::edited, this, &SaveAsDialog::showState);
    connect(m_target, &QComboBox::currentIndexChanged, this, &SaveAsDialog::check);
    connect(m_agree, &QCheckBox::toggled, this, &SaveAsDialog::showState);
    m_path->setFocus();
    check();
}

void SaveAsDialog::setTarget(const std::optional<SaveTarget> &target)
{
    m_target->setCurrentIndex(target ? m_target->findData(int(*target)) : 0);
}

std::optional<SaveTarget> SaveAsDialog::target() const
{
    const QVariant chosen = m_target->currentData();
    return chosen.isValid() ? std::optional<SaveTarget>(SaveTarget(chosen.toInt())) : std::nullopt;
}

// Asks what would be lost; nothing is when the file stays as it is.
void SaveAsDialog::check()
{
    m_cancelCheck.cancel();
    m_cancelCheck = CancelToken();
    ++m_generation;
    showProblem({});
    m_agree->setChecked(false);
    m_findings->setFindings({});
    m_loses = false;
    const std::optional<SaveTarget> wanted = target();
    m_isChecked = !wanted;
    m_summary->setText(wanted ? tr("Looking for what %1 cannot hold…").arg(QLatin1String(factsOf(*wanted).title))
                              : tr("Records that were not edited are copied byte for byte."));
    m_table->hide();
    m_agree->hide();
    showState();
    if (!wanted)
        return;
    const auto found = m_session.source().fileActions()->lossesFor(*wanted, m_cancelCheck);
    onReady(found, this, [this, generation = m_generation](const Result<SaveFindings> &findings) {
        if (generation != m_generation)
            return;
        if (findings.ok())
            return showFindings(*findings);
        if (findings.error().code != Errc::Cancelled)
            showProblem(errorLine(findings.error()));
    });
}

void SaveAsDialog::showFindings(const SaveFindings &findings)
{
    m_isChecked = true;
    m_loses = findings.losses > 0;
    m_findings->setFindings(findings);
    const QString title = QLatin1String(factsOf(*target()).title);
    const std::int64_t all = findings.losses + findings.notes;
    QString text = m_loses   ? tr("%1 cannot hold everything. Places where something would be lost: %2").arg(title, groupedNumber(findings.losses))
            : all > 0        ? tr("Nothing is lost. What %1 needs to load the file:").arg(title)
                             : tr("%1 can hold everything in this file.").arg(title);
    if (all > std::int64_t(findings.list.size()))
        text += QLatin1Char(' ') + tr("The first %1 are listed.").arg(groupedNumber(std::int64_t(findings.list.size())));
    m_summary->setText(text);
    m_table->setVisible(all > 0);
    m_agree->setVisible(m_loses);
    showState();
}

void SaveAsDialog::showState()
{
    const bool named = !m_path->path().isEmpty() && m_path->problem().isEmpty();
    setReady(named && m_isChecked && (!m_loses || m_agree->isChecked()), m_path->replacesFile() ? tr("Replace") : tr("Save"));
}

void SaveAsDialog::submit()
{
    SaveOptions options;
    options.target = target();
    const CancelToken cancel = begin();
    const auto saving = m_session.source().fileActions()->saveAs(m_path->path(), options, cancel);
    onReady(saving, this, [this](const Result<SaveReport> &report) {
        if (report.ok())
            Q_EMIT saved(*report);
        end(report.ok() ? std::nullopt : std::optional<Error>(report.error()));
    });
}

} // namespace keyloupe
