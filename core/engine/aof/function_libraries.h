// SPDX-License-Identifier: GPL-3.0-or-later
//
// FunctionLibraries: what the FUNCTION commands of an append-only file leave behind: the sources of the libraries by name.
// Nothing of them is ever run or understood beyond the line that names them. A value of one thread.
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QByteArrayList>

#include <cstdint>
#include <map>
#include <vector>

namespace keyloupe {

struct RdbSummary;

class FunctionLibraries
{
public:
    /// Those that an RDB holds.
    void add(const RdbSummary &summary);

    /// FUNCTION LOAD, DELETE, FLUSH or RESTORE with all their arguments; others change nothing. InvalidArgument where a
    /// server would answer an error.
    Result<void> apply(const QByteArrayList &args);

    bool isChanged() const { return m_changed; }
    std::vector<QByteArray> sources() const; ///< by name

private:
    Result<void> load(const QByteArray &source, bool replace);
    Result<void> restore(const QByteArray &payload, const QByteArray &policy);

    std::map<QByteArray, QByteArray> m_libraries;
    bool m_changed = false;
};

/// The name in a source's first line, "#!lua name=mylib"; empty where there is none.
QByteArray functionLibraryName(const QByteArray &source);

} // namespace keyloupe
