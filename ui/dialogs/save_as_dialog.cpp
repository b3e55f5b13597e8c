// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/save_as_dialog.h"

#include "core/async/on_ready.h"
#include "ui/dialogs/findings_box.h"
#include "ui/format/error_text.h"
#include "ui/models/source_session.h"
#include "ui/views/path_edit.h"

#include <QComboBox>
#include <QFileInfo>
#include <QFormLayout>

namespace keyloupe {
namespace {

constexpr int kWidth = 640;

} // namespace

SaveAsDialog::SaveAsDialog(SourceSession &source, const QString &path, QWidget *parent)
    : TaskDialog(tr("Save snapshot as"), tr("Save"), parent), m_session(source),
      m_path(new PathEdit(tr("Save snapshot as"), tr("Redis snapshots (*.rdb);;All files (*)"))), m_target(new QComboBox),
      m_findings(new FindingsBox(tr("Save without what is listed")))
{
    setMinimumWidth(kWidth);
    m_path->setPath(path);
    const FileActions &file = *source.source().fileActions();
    const bool isRdb = file.suggestedSavePath() == file.path();
    m_target->setObjectName(QStringLiteral("target"));
    m_target->setAccessibleName(tr("Server that shall load it"));
    m_target->addItem(isRdb ? tr("As the file is: %1").arg(source.source().info().version) : tr("RDB, as new as its content needs"));
    for (const SaveTarget each : kSaveTargets)
        m_target->addItem(tr("For %1").arg(QLatin1String(factsOf(each).title)), int(each));

    form()->addRow(formLabel(tr("Format")), m_target);
    form()->addRow(formLabel(tr("File")), m_path);
    form()->addRow(m_findings);
    connect(m_path, &PathEdit::edited, this, &SaveAsDialog::showState);
    connect(m_target, &QComboBox::currentIndexChanged, this, &SaveAsDialog::check);
    connect(m_findings, &FindingsBox::agreementChanged, this, &SaveAsDialog::showState);
    connect(&file, &FileActions::saveProgressed, this, [this](double fraction) { setProgress(fraction); });
    connect(&file, &FileActions::fileChanged, this, &SaveAsDialog::showState);
    connect(&source, &SourceSession::closing, this, &TaskDialog::abandon);
    m_path->setFocus();
    check();
}

SaveAsDialog::~SaveAsDialog()
{
    m_cancelCheck.cancel();
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
    const std::optional<SaveTarget> wanted = target();
    m_isChecked = !wanted;
    m_findings->showText(wanted ? tr("Looking for what %1 cannot hold…").arg(QLatin1String(factsOf(*wanted).title))
                                : tr("Records that were not edited are copied byte for byte."));
    showState();
    if (!wanted)
        return;
    const auto found = m_session.source().fileActions()->lossesFor(*wanted, m_cancelCheck);
    onReady(found, this, [this, generation = m_generation](const Result<SaveFindings> &findings) {
        if (generation != m_generation)
            return;
        if (findings.ok()) {
            m_isChecked = true;
            m_findings->showFindings(*findings, *target());
            return showState();
        }
        if (findings.error().code != Errc::Cancelled)
            showProblem(errorLine(findings.error()));
    });
}

// Over the file that is open, though somebody else has written there since: said before it is done.
bool SaveAsDialog::overwritesChanged() const
{
    const FileActions *file = m_session.source().fileActions();
    return file->change() != FileChange::None && m_path->replacesFile() && QFileInfo(m_path->path()) == QFileInfo(file->path());
}

void SaveAsDialog::showState()
{
    note()->setText(overwritesChanged() ? tr("This file was changed by somebody else since it was opened. Replacing it loses that.") : QString());
    const bool named = !m_path->path().isEmpty() && m_path->problem().isEmpty();
    setReady(named && m_isChecked && m_findings->isSettled(), m_path->replacesFile() ? tr("Replace") : tr("Save"));
}

void SaveAsDialog::submit()
{
    SaveOptions options;
    options.target = target();
    options.overwriteChanged = overwritesChanged();
    const CancelToken cancel = begin();
    const auto saving = m_session.source().fileActions()->saveAs(m_path->path(), options, cancel);
    onReady(saving, this, [this](const Result<SaveReport> &report) {
        if (report.ok())
            Q_EMIT saved(*report);
        end(report.ok() ? std::nullopt : std::optional<Error>(report.error()));
    });
}

} // namespace keyloupe
