// SPDX-License-Identifier: GPL-3.0-or-later
//
// CancelToken: a shared flag. Copies refer to the same flag; any thread may cancel or ask. Long loops ask often
// (at least every few thousand items) and return Errc::Cancelled.
#pragma once

#include "core/base/result.h"

#include <atomic>
#include <memory>

namespace keyloupe {

class CancelToken
{
public:
    CancelToken() : m_flag(std::make_shared<std::atomic<bool>>(false)) { }

    void cancel() const { m_flag->store(true, std::memory_order_relaxed); }
    bool isCancelled() const { return m_flag->load(std::memory_order_relaxed); }

private:
    std::shared_ptr<std::atomic<bool>> m_flag;
};

inline Error cancelledError()
{
    return Error{Errc::Cancelled, QStringLiteral("cancelled"), -1, {}};
}

} // namespace keyloupe
