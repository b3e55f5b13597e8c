// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/export_dialog.h"

#include "core/async/on_ready.h"
#include "core/base/escape.h"
#include "core/source/source.h"
#include "core/transfer/export_source.h"
#include "ui/dialogs/findings_box.h"
#include "ui/format/human.h"
#include "ui/models/source_session.h"
#include "ui/theme/theme.h"
#include "ui/views/path_edit.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QFileInfo>
#include <QFormLayout>
#include <QLineEdit>

namespace keyloupe {
namespace {

constexpr int kWidth = 640;
constexpr int kPollMs = 200;
constexpr int kKeysRole = Qt::UserRole + 1;

struct FormatRow
{
    ExportFormat format;
    const char *title;
    const char *ending;
};

constexpr FormatRow kFormats[] = {
        {ExportFormat::JsonLines, QT_TRANSLATE_NOOP("keyloupe::ExportDialog", "JSON, one line a key"), "jsonl"},
        {ExportFormat::Csv, QT_TRANSLATE_NOOP("keyloupe::ExportDialog", "CSV, a table of keys"), "csv"},
        {ExportFormat::Resp, QT_TRANSLATE_NOOP("keyloupe::ExportDialog", "Commands, for redis-cli --pipe"), "resp"},
        {ExportFormat::Rdb, QT_TRANSLATE_NOOP("keyloupe::ExportDialog", "RDB snapshot"), "rdb"},
};

const FormatRow &rowOf(ExportFormat format)
{
    return *std::find_if(std::begin(kFormats), std::end(kFormats), [format](const FormatRow &row) { return row.format == format; });
}

// The name of the source without its endings, or of the host.
QString baseName(const SourceInfo &info)
{
    QString name = info.title.section(QLatin1Char('.'), 0, 0);
    if (info.kind == SourceKind::Server)
        name = info.title;
    for (QChar &c : name) {
        if (QStringLiteral("/\\:*?\"<>|").contains(c))
            c = QLatin1Char('-');
    }
    return name.isEmpty() ? QStringLiteral("keys") : name;
}

} // namespace

ExportDialog::ExportDialog(SourceSession &source, const QString &folder, QWidget *parent)
    : TaskDialog(tr("Export"), tr("Export"), parent), m_session(source), m_format(new QComboBox), m_target(new QComboBox), m_db(new QComboBox),
      m_match(new QLineEdit), m_path(new PathEdit(tr("Export to"), tr("All files (*)"))), m_check(new QCheckBox(tr("Read the file back and compare"))),
      m_findings(new FindingsBox(tr("Export without what is listed"))), m_poll(this)
{
    setMinimumWidth(kWidth);
    for (const FormatRow &row : kFormats)
        m_format->addItem(tr(row.title), int(row.format));
    m_format->setObjectName(QStringLiteral("format"));
    m_format->setAccessibleName(tr("Format"));
    m_target->setObjectName(QStringLiteral("target"));
    m_target->setAccessibleName(tr("Server that shall load it"));
    m_target->addItem(tr("Any server that holds it"));
    for (const SaveTarget each : kSaveTargets)
        m_target->addItem(QLatin1String(factsOf(each).title), int(each));
    m_db->setObjectName(QStringLiteral("db"));
    m_db->setAccessibleName(tr("Databases"));
    m_db->addItem(tr("All databases"));
    m_match->setObjectName(QStringLiteral("match"));
    m_match->setAccessibleName(tr("Pattern of the keys"));
    m_match->setPlaceholderText(tr("All keys, or a pattern: user:*"));
    m_match->setClearButtonEnabled(true);
    m_match->setFont(monoFont());
    m_path->setPath(QDir(folder).absoluteFilePath(baseName(source.source().info()) + QStringLiteral("-export.jsonl")));

    form()->addRow(formLabel(tr("Format")), m_format);
    form()->addRow(formLabel(tr("For")), m_target);
    form()->addRow(formLabel(tr("From")), m_db);
    form()->addRow(formLabel(tr("Keys")), m_match);
    form()->addRow(formLabel(tr("File")), m_path);
    form()->addRow(formLabel({}), m_check);
    form()->addRow(m_findings);
    m_findings->hide();
    m_poll.setInterval(kPollMs);
    connect(&m_poll, &QTimer::timeout, this, &ExportDialog::showProgress);
    connect(m_format, &QComboBox::currentIndexChanged, this, &ExportDialog::formatChosen);
    for (QComboBox *box : {m_target, m_db})
        connect(box, &QComboBox::currentIndexChanged, this, &ExportDialog::formChanged);
    connect(m_match, &QLineEdit::textChanged, this, &ExportDialog::formChanged);
    connect(m_path, &PathEdit::edited, this, &ExportDialog::showState);
    connect(m_findings, &FindingsBox::agreementChanged, this, &ExportDialog::showState);
    connect(&source, &SourceSession::closing, this, &TaskDialog::abandon);
    m_format->setFocus();
    formatChosen();
    askDatabases();
}

void ExportDialog::setFormat(ExportFormat format)
{
    m_format->setCurrentIndex(m_format->findData(int(format)));
}

ExportFormat ExportDialog::format() const
{
    return ExportFormat(m_format->currentData().toInt());
}

void ExportDialog::askDatabases()
{
    ExecOptions options;
    options.background = true;
    onReady(m_session.source().execute(Command{"INFO", "keyspace"}, options), this, [this](const Result<RespValue> &reply) {
        if (reply.ok() && !reply->isError())
            showDatabases(parseKeyspace(reply->bytes));
    });
}

void ExportDialog::showDatabases(const std::vector<DatabaseInfo> &databases)
{
    std::int64_t all = 0;
    for (const DatabaseInfo &info : databases) {
        all += info.keys;
        m_db->addItem(tr("db%1, %2 keys").arg(QString::number(info.index), groupedNumber(info.keys)), info.index);
        m_db->setItemData(m_db->count() - 1, qint64(info.keys), kKeysRole);
    }
    m_db->setItemText(0, tr("All databases, %1 keys").arg(groupedNumber(all)));
    m_db->setItemData(0, qint64(all), kKeysRole);
}

// The name follows the format while it still ends like one.
void ExportDialog::formatChosen()
{
    const FormatRow &row = rowOf(format());
    const QFileInfo file(m_path->path());
    for (const FormatRow &other : kFormats) {
        if (file.suffix() == QLatin1String(other.ending))
            m_path->setPath(file.dir().absoluteFilePath(file.completeBaseName() + QLatin1Char('.') + QLatin1String(row.ending)));
    }
    m_path->setFilters(QStringLiteral("%1 (*.%2);;%3").arg(tr(row.title), QLatin1String(row.ending), tr("All files (*)")));
    m_target->setEnabled(format() == ExportFormat::Resp || format() == ExportFormat::Rdb);
    if (!m_target->isEnabled())
        m_target->setCurrentIndex(0);
    formChanged();
}

void ExportDialog::formChanged()
{
    m_findings->showText({});
    m_findings->hide();
    showState();
}

void ExportDialog::showState()
{
    // An export is a part, or another form, of what is open: never in its place.
    const FileActions *file = m_session.source().fileActions();
    const bool isOpenFile = file && m_path->replacesFile() && QFileInfo(m_path->path()) == QFileInfo(file->path());
    note()->setText(isOpenFile ? tr("This is the file that is open. Choose another name.") : QString());
    const bool named = !m_path->path().isEmpty() && m_path->problem().isEmpty() && !isOpenFile;
    setReady(named && m_findings->isSettled(), m_path->replacesFile() ? tr("Replace") : tr("Export"));
}

ExportOptions ExportDialog::options() const
{
    ExportOptions options;
    options.format = format();
    if (m_db->currentIndex() > 0)
        options.db = m_db->currentData().toInt();
    options.match = m_match->text().toUtf8();
    if (m_target->currentIndex() > 0)
        options.target = SaveTarget(m_target->currentData().toInt());
    options.acceptLoss = m_findings->isAgreed();
    options.check = m_check->isChecked();
    options.path = m_path->path();
    return options;
}

void ExportDialog::submit()
{
    const ExportOptions wanted = options();
    m_run = std::make_shared<ExportRun>(wanted);
    const CancelToken cancel = begin();
    m_poll.start();
    onReady(exportSource(m_session.source(), m_session.jobs(), m_run, cancel), this,
            [this, wanted](const Result<ExportReport> &report) { finished(report, wanted); });
}

void ExportDialog::showProgress()
{
    if (!m_run)
        return;
    const std::int64_t done = m_run->progress();
    const std::int64_t all = m_match->text().isEmpty() ? m_db->currentData(kKeysRole).toLongLong() : 0;
    if (all > 0 && done > 0)
        setProgress(std::min(1.0, double(done) / double(all)));
    else
        setProgress(-1, done > 0 ? tr("%1 keys").arg(groupedNumber(done)) : tr("Reading…"));
}

void ExportDialog::finished(const Result<ExportReport> &report, const ExportOptions &wanted)
{
    m_poll.stop();
    m_run.reset();
    if (!report.ok())
        return end(report.error());
    if (report->differences > 0) {
        return end(Error{Errc::Internal,
                         tr("What was written does not read back as it was: %1 differences, the first at %2. No file was put in place")
                                 .arg(groupedNumber(report->differences), report->problems.empty() ? QString() : displayText(report->problems.front().key, 80)),
                         -1,
                         {}});
    }
    if (!report->written && wanted.target) {
        pauseForDecision();
        m_findings->showFindings(report->findings, *wanted.target);
        m_findings->show();
        return showState();
    }
    Q_EMIT exported(*report, wanted.path);
    end(std::nullopt);
}

} // namespace keyloupe
