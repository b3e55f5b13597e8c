// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transfer/fingerprint.h"

#include <QHashFunctions>

#include <algorithm>
#include <bit>

namespace keyloupe {
namespace {

// Two independent streams of hashes; order matters.
class Mixer
{
public:
    void add(QByteArrayView bytes)
    {
        m_print.high = qHashBits(bytes.data(), std::size_t(bytes.size()), m_print.high ^ 0x9e3779b97f4a7c15ull);
        m_print.low = qHashBits(bytes.data(), std::size_t(bytes.size()), m_print.low + 0xc2b2ae3d27d4eb4full);
        add(bytes.size());
    }

    template <typename T>
        requires std::is_integral_v<T>
    void add(T number)
    {
        const auto wide = static_cast<std::uint64_t>(number);
        m_print.high = qHashBits(&wide, sizeof wide, m_print.high);
        m_print.low = qHashBits(&wide, sizeof wide, m_print.low ^ 0x165667b19e3779f9ull);
    }

    void add(double number) { add(std::bit_cast<std::uint64_t>(number)); }

    void add(const StreamId &id)
    {
        add(id.ms);
        add(id.seq);
    }

    const Fingerprint &print() const { return m_print; }

    // The elements' own prints added up: the same in any order.
    template <typename Range, typename Fn>
    void addUnordered(const Range &range, Fn each)
    {
        Fingerprint sum;
        for (const auto &element : range) {
            Mixer own;
            each(own, element);
            sum.high += own.m_print.high;
            sum.low += own.m_print.low;
        }
        add(range.size());
        add(sum.high);
        add(sum.low);
    }

private:
    Fingerprint m_print{1, 2};
};

void mix(Mixer &out, const QByteArray &text, const Fidelity &)
{
    out.add(text);
}

void mix(Mixer &out, const ListValue &list, const Fidelity &)
{
    for (const QByteArray &item : list.items)
        out.add(item);
}

void mix(Mixer &out, const SetValue &set, const Fidelity &)
{
    out.addUnordered(set.members, [](Mixer &own, const QByteArray &member) { own.add(member); });
}

void mix(Mixer &out, const SortedSetValue &set, const Fidelity &)
{
    out.addUnordered(set.members, [](Mixer &own, const ScoredMember &member) {
        own.add(member.member);
        own.add(member.score == 0 ? 0.0 : member.score); // servers do not keep the sign of a zero
    });
}

void mix(Mixer &out, const HashValue &hash, const Fidelity &fidelity)
{
    out.addUnordered(hash.fields, [&](Mixer &own, const HashField &field) {
        own.add(field.field);
        own.add(field.value);
        own.add(fidelity.fieldExpiry ? field.expireAtMs : -1);
    });
}

void mixGroup(Mixer &out, const StreamGroup &group, const Fidelity &fidelity)
{
    out.add(group.name);
    out.add(group.lastDelivered);
    out.add(fidelity.streamCounters ? group.entriesRead : -1);
    out.add(group.pending.size());
    for (const StreamPending &pending : group.pending) {
        out.add(pending.id);
        out.add(pending.deliveredMs);
        out.add(pending.deliveries);
    }
    out.addUnordered(group.consumers, [&](Mixer &own, const StreamConsumer &consumer) {
        own.add(consumer.name);
        own.add(fidelity.consumerTimes ? consumer.seenMs : 0);
        own.add(fidelity.consumerTimes && fidelity.activeTimes ? consumer.activeMs : 0);
        own.addUnordered(consumer.pending, [](Mixer &id, const StreamId &pending) { id.add(pending); });
    });
}

void mix(Mixer &out, const StreamValue &stream, const Fidelity &fidelity)
{
    for (const StreamEntry &entry : stream.entries) {
        out.add(entry.id);
        out.add(entry.fields.size());
        for (const auto &[field, value] : entry.fields) {
            out.add(field);
            out.add(value);
        }
    }
    out.add(stream.lastId);
    out.add(fidelity.streamCounters ? stream.maxDeletedId : StreamId{});
    out.add(fidelity.streamCounters ? stream.entriesAdded : 0);
    out.addUnordered(stream.groups, [&](Mixer &own, const StreamGroup &group) { mixGroup(own, group, fidelity); });
    if (fidelity.idempotency)
        out.add(stream.idempotencyTail);
}

void mix(Mixer &out, const ModuleValue &module, const Fidelity &)
{
    out.add(module.moduleName);
    out.add(module.encodingVersion);
    out.add(module.payload);
}

} // namespace

Fidelity fidelityOf(ExportFormat format, const std::optional<SaveTarget> &target)
{
    Fidelity kept;
    const bool isText = format == ExportFormat::JsonLines || format == ExportFormat::Csv;
    if (isText)
        return kept;
    if (target) {
        const TargetFacts &facts = factsOf(*target);
        kept.activeTimes = facts.activeTimes;
        kept.streamCounters = facts.streamCounters;
        kept.fieldExpiry = facts.fieldExpiry;
        kept.idempotency = facts.idempotency;
    }
    if (format == ExportFormat::Resp) {
        // No command sets them; what producers did goes as a payload, but what every new stream has does not.
        kept.consumerTimes = false;
        kept.idempotency = false;
    }
    return kept;
}

Fingerprint fingerprintOf(int db, QByteArrayView key, std::int64_t expireAtMs, const Value &value, const Fidelity &fidelity)
{
    Mixer out;
    out.add(db);
    out.add(key);
    out.add(expireAtMs);
    out.add(value.index());
    std::visit([&](const auto &v) { mix(out, v, fidelity); }, value);
    return out.print();
}

} // namespace keyloupe
