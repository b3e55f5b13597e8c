// SPDX-License-Identifier: GPL-3.0-or-later
//
// The one place that decides what a text a person gave names: a server URL, host:port, or a file.
#pragma once

#include "core/base/result.h"
#include "core/source/source.h"

#include <QString>

#include <memory>

namespace keyloupe {

enum class Opening : std::uint8_t {
    Whole,       ///< Ready when everything is there
    FirstKeys,   ///< of a large file: Ready with its first keys; all are there when openProgress() is 1
};

/// A source that still has to be opened. An existing file wins over a host:port reading of its name.
Result<std::unique_ptr<Source>> makeSource(const QString &location, Opening opening = Opening::Whole);

} // namespace keyloupe
