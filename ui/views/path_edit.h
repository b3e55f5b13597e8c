// SPDX-License-Identifier: GPL-3.0-or-later
//
// PathEdit: the name of a file to be written, typed or chosen; says whether it would replace one. Looks at the disk only when
// the name changes; writes nothing. GUI thread.
#pragma once

#include <QWidget>

class QLabel;
class QLineEdit;

namespace keyloupe {

class PathEdit : public QWidget
{
    Q_OBJECT

public:
    /// `filters` as QFileDialog takes them.
    PathEdit(const QString &accessibleName, const QString &filters, QWidget *parent = nullptr);

    void setPath(const QString &path);
    void setFilters(const QString &filters) { m_filters = filters; }
    QString path() const;       ///< absolute, empty while nothing is typed; a bare name lies in the folder that was set last
    bool replacesFile() const;
    QString problem() const;    ///< why this cannot be written, as far as can be seen; empty otherwise

Q_SIGNALS:
    void edited();

private:
    void browse();
    void showNote();

    QLineEdit *m_line;
    QLabel *m_note;
    QString m_filters;
    QString m_folder;
};

} // namespace keyloupe
