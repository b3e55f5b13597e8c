// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/large_support.h"

#include "core/base/glob.h"

namespace keyloupe {

std::optional<RespValue> scanLarge(CommandContext &ctx, LargeValue &value,
                                   const std::function<void(const ElementView &, const ScanArguments &, std::vector<RespValue> &)> &give)
{
    ScanArguments scan;
    if (std::optional<RespValue> error = parseScanCursor(ctx.arg(2), &scan))
        return error;
    if (std::optional<RespValue> error = parseScanOptions(ctx, 3, false, &scan))
        return error;
    const bool goesOn = (scan.cursor & kLargeCursor) != 0;
    const Result<std::int64_t> counted = value.collection().count();
    const std::int64_t total = counted ? *counted : kWholeValue; // damage stands where the reading meets it
    const auto first = goesOn ? static_cast<std::int64_t>(scan.cursor & (kLargeCursor - 1)) : 0;
    if (first >= total)
        return scanReply(0, {});
    std::vector<RespValue> items;
    std::int64_t seen = 0;
    const Result<void> read = value.collection().read(first, scan.count, [&](const ElementView &element) {
        ++seen;
        if (scan.pattern.isNull() || globMatch(scan.pattern, element.name))
            give(element, scan, items);
    });
    if (!read && seen == 0)
        value.orThrow(read);
    const std::int64_t next = first + seen;
    const bool atEnd = next >= total || (read.ok() && seen < scan.count);
    return scanReply(atEnd ? 0 : kLargeCursor | static_cast<std::uint64_t>(next), std::move(items));
}

} // namespace keyloupe
