// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/result.h"

namespace keyloupe {

const char *errcName(Errc code)
{
    switch (code) {
    case Errc::Io: return "io";
    case Errc::Timeout: return "timeout";
    case Errc::Cancelled: return "cancelled";
    case Errc::Closed: return "closed";
    case Errc::Protocol: return "protocol";
    case Errc::Server: return "server";
    case Errc::Auth: return "auth";
    case Errc::Corrupt: return "corrupt";
    case Errc::Unsupported: return "unsupported";
    case Errc::LimitExceeded: return "limit-exceeded";
    case Errc::Conflict: return "conflict";
    case Errc::ReadOnly: return "read-only";
    case Errc::InvalidArgument: return "invalid-argument";
    case Errc::Internal: return "internal";
    }
    return "internal";
}

QString describe(const Error &error)
{
    if (error.offset < 0)
        return error.message;
    return error.message + QStringLiteral(" (at byte %1)").arg(error.offset);
}

} // namespace keyloupe
