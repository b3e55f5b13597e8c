// SPDX-License-Identifier: GPL-3.0-or-later
//
// WholeFile: a file that appears whole or not at all: written as a temporary file in the same folder, synced, and renamed
// into place by commit(). Without commit() nothing is left behind. Blocks; one thread at a time, not the GUI thread.
#pragma once

#include "core/base/result.h"

#include <QByteArrayView>
#include <QString>
#include <QTemporaryFile>

#include <memory>

namespace keyloupe {

class WholeFile
{
public:
    /// Begins a file that shall be `path`; a link is followed. Errc::Io where that is no place for a file.
    static Result<std::unique_ptr<WholeFile>> create(const QString &path);

    Result<void> write(QByteArrayView bytes);
    /// Everything on the disk, under its temporary name.
    Result<void> sync();
    /// Replaces what was there; the new file has its rights.
    Result<void> commit();

    QString temporaryPath() const { return m_file.fileName(); }
    std::int64_t size() const { return m_file.size(); }

private:
    WholeFile(const QString &pattern, QString target) : m_file(pattern), m_target(std::move(target)) { }

    QTemporaryFile m_file; // removed by its destructor on every way out but the rename
    QString m_target;
};

} // namespace keyloupe
