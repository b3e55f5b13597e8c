// SPDX-License-Identifier: GPL-3.0-or-later
//
// RecentSources: the servers and files opened last, newest first, kept in a small JSON file. A plain object for one thread;
// it reads at load() and writes at once when the list changes. A password is never stored: an address that carries one is
// kept without it. A file that cannot be understood is set aside as `.bad-<time>`, never overwritten.
#pragma once

#include "core/base/result.h"

#include <QString>

#include <cstdint>
#include <vector>

namespace keyloupe {

struct RecentSource
{
    QString location;        ///< a path, or a URL without user information
    QString title;           ///< short name
    std::int64_t openedMs = 0;
    bool operator==(const RecentSource &) const = default;
};

class RecentSources
{
public:
    static constexpr std::size_t kKept = 20;

    /// `file`: where the list is kept; its folder is made when first written.
    explicit RecentSources(QString file) : m_file(std::move(file)) { }

    /// Reads the list; a missing file is an empty list. On Errc::Corrupt the list is empty, and the broken file has been
    /// set aside under the name in Error::detail.
    Result<void> load();

    const std::vector<RecentSource> &all() const { return m_sources; }

    /// Puts it first, without user information, and writes the file.
    Result<void> add(const QString &location, const QString &title, std::int64_t nowMs);
    Result<void> remove(const QString &location);
    Result<void> clear();

private:
    Result<void> write() const;

    QString m_file;
    std::vector<RecentSource> m_sources;
};

/// The location without user name, password and any query item that is not "db".
QString withoutSecrets(const QString &location);

} // namespace keyloupe
