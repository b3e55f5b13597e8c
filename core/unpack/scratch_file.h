// SPDX-License-Identifier: GPL-3.0-or-later
//
// ScratchFile: a temporary file for what is unpacked or comes from a pipe. Only its owner may read it, and it has no name where
// the system allows that, so that nothing is left behind even by a crash. Bounded by a limit and by the space that is free.
// One thread while it is written; finish() makes a MappedFile of it, with which it goes away.
#pragma once

#include "core/base/mapped_file.h"
#include "core/base/result.h"

#include <QByteArrayView>
#include <QFile>
#include <QString>

#include <cstdint>
#include <functional>
#include <memory>

namespace keyloupe {

struct ScratchOptions
{
    std::int64_t maxBytes = std::int64_t{64} << 30;
    QString folder; ///< empty: the one for temporary files that has most likely room
    std::function<std::int64_t(const QString &folder)> freeBytes; ///< asks the system where it is null
};

class ScratchFile
{
public:
    explicit ScratchFile(ScratchOptions options);

    Result<void> create();
    /// LimitExceeded when so much will not fit, with both numbers.
    Result<void> expect(std::uint64_t bytes) const;
    /// LimitExceeded beyond the limit or when space runs out, Io when the system refuses.
    Result<void> append(QByteArrayView bytes);
    std::int64_t size() const { return m_size; }
    /// `path` is what the mapping shall be called. Nothing can be appended any more.
    Result<std::shared_ptr<MappedFile>> finish(const QString &path);

private:
    std::int64_t freeBytes() const;
    Error noRoom(const QString &sentence) const;

    ScratchOptions m_options;
    std::unique_ptr<QFile> m_file;
    std::int64_t m_size = 0;
    std::int64_t m_nextCheck = 0;
};

/// "3.5 GiB", "17 bytes".
QString sizeText(std::int64_t bytes);

} // namespace keyloupe
