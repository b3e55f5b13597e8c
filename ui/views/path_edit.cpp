// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/path_edit.h"

#include "ui/theme/theme.h"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace keyloupe {

PathEdit::PathEdit(const QString &accessibleName, const QString &filters, QWidget *parent)
    : QWidget(parent), m_line(new QLineEdit), m_note(new QLabel), m_filters(filters), m_folder(QDir::currentPath())
{
    m_line->setAccessibleName(accessibleName);
    m_line->setObjectName(QStringLiteral("path"));
    auto *choose = new QPushButton(tr("Browse…"));
    choose->setAutoDefault(false);
    m_note->setProperty("role", QStringLiteral("caption"));
    m_note->setTextFormat(Qt::PlainText);
    auto *line = new QHBoxLayout;
    line->setSpacing(space::kS);
    line->addWidget(m_line, 1);
    line->addWidget(choose);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::kXs);
    column->addLayout(line);
    column->addWidget(m_note);
    setFocusProxy(m_line);
    connect(choose, &QPushButton::clicked, this, &PathEdit::browse);
    connect(m_line, &QLineEdit::textChanged, this, [this] {
        showNote();
        Q_EMIT edited();
    });
    showNote();
}

void PathEdit::setPath(const QString &path)
{
    m_folder = QFileInfo(path).absolutePath();
    m_line->setText(QDir::toNativeSeparators(path));
}

QString PathEdit::path() const
{
    const QString text = QDir::fromNativeSeparators(m_line->text().trimmed());
    return text.isEmpty() ? QString() : QFileInfo(QDir(m_folder), text).absoluteFilePath();
}

bool PathEdit::replacesFile() const
{
    return !path().isEmpty() && QFileInfo(path()).isFile();
}

QString PathEdit::problem() const
{
    const QFileInfo file(path());
    if (path().isEmpty() || file.isFile())
        return {};
    if (file.isDir())
        return tr("This is a folder: add a name.");
    if (file.exists())
        return tr("This is no regular file.");
    return file.dir().exists() ? QString() : tr("There is no such folder.");
}

// The line keeps its place, so that the form does not jump while a name is typed.
void PathEdit::showNote()
{
    const QString wrong = problem();
    m_note->setText(!wrong.isEmpty() ? wrong : replacesFile() ? tr("There is a file of this name; it will be replaced.") : QStringLiteral(" "));
    m_line->setProperty("invalid", !wrong.isEmpty());
    m_line->setStyleSheet(m_line->styleSheet()); // a property in a selector counts only after this
}

void PathEdit::browse()
{
    auto *dialog = new QFileDialog(this, m_line->accessibleName(), path().isEmpty() ? m_folder : path(), m_filters);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setOption(QFileDialog::DontConfirmOverwrite); // the note says it
    connect(dialog, &QFileDialog::fileSelected, this, &PathEdit::setPath);
    dialog->open();
}

} // namespace keyloupe
