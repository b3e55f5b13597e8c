// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/deep_check.h"

#include "core/engine/snapshot.h"
#include "core/rdb/value_check.h"

#include <algorithm>
#include <atomic>
#include <thread>

namespace keyloupe {
namespace {

constexpr std::int64_t kPortion = 2048; // records a thread takes at a time

struct Portion
{
    int db = 0;
    std::int64_t first = 0;
    std::int64_t end = 0;
};

struct Work
{
    const Snapshot &snapshot;
    const CancelToken &cancel;
    std::vector<Portion> portions;
    std::atomic<std::size_t> next{0};
};

struct Share
{
    std::int64_t values = 0;
    std::int64_t elements = 0;
    std::vector<ValueDamage> found;
};

void checkRecord(const Work &work, ValueChecker &checker, int db, std::int64_t i, Share &share)
{
    const auto record = work.snapshot.recordAt(db, i);
    const Result<ValueCounts> counts =
            checker.check(record.rdbType, work.snapshot.valueBytes(record), work.snapshot.summary().family);
    ++share.values;
    if (counts) {
        share.elements += counts->elements;
        return;
    }
    const std::int64_t inner = std::max<std::int64_t>(counts.error().offset, 0);
    share.found.push_back({RdbDamage{record.valueOffset + inner, db, work.snapshot.keyAt(db, i), counts.error().message},
                           record.valueOffset, record.valueLength});
}

void checkPortions(Work &work, Share &share)
{
    ValueChecker checker;
    for (;;) {
        const std::size_t taken = work.next.fetch_add(1);
        if (taken >= work.portions.size() || work.cancel.isCancelled())
            return;
        const Portion &portion = work.portions[taken];
        for (std::int64_t i = portion.first; i < portion.end; ++i)
            checkRecord(work, checker, portion.db, i, share);
    }
}

std::vector<Portion> portionsOf(const Snapshot &snapshot)
{
    std::vector<Portion> portions;
    for (const int db : snapshot.databases()) {
        const std::int64_t keys = snapshot.keyCount(db);
        for (std::int64_t first = 0; first < keys; first += kPortion)
            portions.push_back({db, first, std::min(first + kPortion, keys)});
    }
    return portions;
}

} // namespace

Result<DeepCheckReport> checkDeep(const Snapshot &snapshot, int threads, const CancelToken &cancel)
{
    Work work{snapshot, cancel, portionsOf(snapshot)};
    const auto cores = static_cast<std::size_t>(threads > 0 ? threads : static_cast<int>(std::max(1U, std::thread::hardware_concurrency())));
    const std::size_t count = std::max<std::size_t>(1, std::min(cores, work.portions.size()));
    std::vector<Share> shares(count);
    std::vector<std::thread> others;
    for (std::size_t i = 1; i < count; ++i)
        others.emplace_back([&work, &share = shares[i]] { checkPortions(work, share); });
    checkPortions(work, shares[0]);
    for (std::thread &other : others)
        other.join();
    if (cancel.isCancelled())
        return cancelledError();
    DeepCheckReport report;
    for (Share &share : shares) {
        report.values += share.values;
        report.elements += share.elements;
        report.damage.insert(report.damage.end(), std::make_move_iterator(share.found.begin()), std::make_move_iterator(share.found.end()));
    }
    std::sort(report.damage.begin(), report.damage.end(),
              [](const ValueDamage &a, const ValueDamage &b) { return a.place.offset < b.place.offset; });
    return report;
}

} // namespace keyloupe
