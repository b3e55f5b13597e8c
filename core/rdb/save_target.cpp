// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rdb/save_target.h"

#include "core/rdb/length_codec.h"
#include "core/rdb/module_codec.h"
#include "core/rdb/stream_encoder.h"
#include "core/rdb/string_codec.h"
#include "core/rdb/type_table.h"

#include <QByteArrayList>

#include <algorithm>
#include <iterator>

namespace keyloupe {

using namespace rdb;

namespace {

// In the order of SaveTarget. Each is what the oldest release with that number reads, so that all of them read it.
constexpr TargetFacts kFacts[] = {
        {"redis5", "Redis 5", RdbFamily::Redis, 9, kTypeStream1},
        {"redis6", "Redis 6", RdbFamily::Redis, 9, kTypeStream1},
        {"redis7", "Redis 7", RdbFamily::Redis, 10, kTypeStream2, true, false, true},
        {"redis8", "Redis 8", RdbFamily::Redis, 12, kTypeHashListpackEx, true, true, true, true},
        {"valkey8", "Valkey 8", RdbFamily::Redis, 11, kTypeStream3, true, false, true, true},
        {"valkey9", "Valkey 9", RdbFamily::Valkey, 80, kTypeHashExpiring22, true, true, true, true},
};

// Elements whose size takes another number of bytes in the listpacks of the two families begin here, header included.
constexpr std::uint64_t kSmallestAmbiguousListpack = 16383;

bool isExpiringHash(std::uint8_t rdbType)
{
    return rdbType >= kTypeHashExpiring22 && rdbType <= kTypeHashListpackEx;
}

std::int64_t expiringFields(const HashValue &hash)
{
    return std::count_if(hash.fields.begin(), hash.fields.end(), [](const HashField &field) { return field.expireAtMs >= 0; });
}

bool hasCounters(const StreamValue &stream)
{
    const bool read = std::any_of(stream.groups.begin(), stream.groups.end(), [](const StreamGroup &group) { return group.entriesRead >= 0; });
    return read || stream.maxDeletedId != StreamId{} || stream.entriesAdded != stream.entries.size();
}

std::int64_t ownActiveTimes(const StreamValue &stream)
{
    std::int64_t count = 0;
    for (const StreamGroup &group : stream.groups) {
        count += std::count_if(group.consumers.begin(), group.consumers.end(),
                               [](const StreamConsumer &consumer) { return consumer.activeMs != consumer.seenMs; });
    }
    return count;
}

} // namespace

std::int64_t rememberedProducers(const StreamValue &stream)
{
    constexpr std::uint64_t kUsualSeconds = 100;
    constexpr std::uint64_t kUsualEntries = 100;
    if (stream.idempotencyTail.isEmpty())
        return 0;
    ByteCursor in(stream.idempotencyTail);
    const bool usual = readLength(in) == kUsualSeconds && readLength(in) == kUsualEntries;
    const std::uint64_t producers = readLength(in);
    if (producers > 0)
        return static_cast<std::int64_t>(producers);
    const bool counted = readLength(in) != 0 || readLength(in) != 0;
    return usual && !counted ? 0 : 1;
}

namespace {

bool hasLargeListpack(std::uint8_t rdbType, QByteArrayView value)
{
    ByteCursor in(value);
    const auto isLarge = [&] { return readStringRef(in).size() >= kSmallestAmbiguousListpack; };
    bool found = false;
    switch (rdbType) {
    case kTypeHashListpackEx:
        in.skip(8);
        [[fallthrough]];
    case kTypeHashListpack:
    case kTypeZsetListpack:
    case kTypeSetListpack:
    case kTypeHashListpackExPreGa:
        return isLarge();
    case kTypeQuicklist2:
        for (std::uint64_t nodes = readLength(in); nodes > 0 && in.ok() && !found; --nodes) {
            const bool packed = readLength(in) == 2;
            found = isLarge() && packed;
        }
        return found;
    case kTypeStream1:
    case kTypeStream2:
    case kTypeStream3:
    case kTypeStream4:
        for (std::uint64_t nodes = readLength(in); nodes > 0 && in.ok() && !found; --nodes) {
            readStringRef(in);
            found = isLarge();
        }
        return found;
    default:
        return false;
    }
}

} // namespace

const TargetFacts &factsOf(SaveTarget target)
{
    return kFacts[static_cast<std::size_t>(target)];
}

std::optional<SaveTarget> saveTargetNamed(QByteArrayView name)
{
    for (const SaveTarget target : kSaveTargets) {
        if (name == QByteArrayView(factsOf(target).name))
            return target;
    }
    return std::nullopt;
}

const char *saveIssueText(SaveIssue issue)
{
    switch (issue) {
    case SaveIssue::FieldExpiry:
        return "the fields stay, without their own expiry";
    case SaveIssue::StreamCounters:
        return "how many entries were added and read, and the highest deleted id, are left out";
    case SaveIssue::ActiveTimes:
        return "when a consumer last got an entry is left out";
    case SaveIssue::Idempotency:
        return "what the stream remembers of its producers' messages is left out";
    case SaveIssue::Function:
        return "the function library is left out";
    case SaveIssue::KeyMetadata:
        return "the key's metadata is left out";
    case SaveIssue::SlotImport:
        return "an unfinished import of cluster slots is left out";
    case SaveIssue::Unreadable:
        return "the value is damaged and cannot be put into the target's form; the key is left out";
    case SaveIssue::Module:
        return "the value is written as it is; it loads only where its module is loaded";
    case SaveIssue::ModuleAux:
        break;
    }
    return "a module's own data is written as it is; a server without the module may refuse the file";
}

const char *saveIssueName(SaveIssue issue)
{
    static constexpr const char *kNames[] = {"field-expiry", "stream-counters", "active-times", "idempotency", "function",
                                             "key-metadata", "slot-import",     "unreadable",   "module",      "module-aux"};
    return kNames[static_cast<std::size_t>(issue)];
}

bool isLoss(SaveIssue issue)
{
    return issue != SaveIssue::Module && issue != SaveIssue::ModuleAux;
}

void SaveFindings::add(SaveFinding finding)
{
    ++(isLoss(finding.issue) ? losses : notes);
    if (list.size() < kListed)
        list.push_back(std::move(finding));
}

void addFindings(SaveFindings &findings, int db, const QByteArray &key, const Value &value, const TargetFacts &facts)
{
    const auto add = [&](SaveIssue issue, std::int64_t count) {
        if (count > 0)
            findings.add({db, key, issue, count});
    };
    if (const auto *hash = std::get_if<HashValue>(&value); hash && !facts.fieldExpiry)
        add(SaveIssue::FieldExpiry, expiringFields(*hash));
    if (const auto *stream = std::get_if<StreamValue>(&value)) {
        add(SaveIssue::StreamCounters, !facts.streamCounters && hasCounters(*stream) ? 1 : 0);
        add(SaveIssue::ActiveTimes, facts.activeTimes ? 0 : ownActiveTimes(*stream));
        add(SaveIssue::Idempotency, facts.idempotency ? 0 : rememberedProducers(*stream));
    }
    if (std::holds_alternative<ModuleValue>(value))
        add(SaveIssue::Module, 1);
}

void addFindings(SaveFindings &findings, const RdbFileRecord &record, RdbFamily family, const TargetFacts &facts)
{
    if (record.opcode == kOpFunction && !facts.functions)
        findings.add({-1, libraryName(record.value), SaveIssue::Function, 1});
    else if (record.opcode == kOpFunctionPreGa)
        findings.add({-1, record.name, SaveIssue::Function, 1});
    else if (record.opcode == kOpModuleAux)
        findings.add({-1, {}, SaveIssue::ModuleAux, 1});
    else if (record.opcode == kOpKeyMetaOrSlotImport && family == RdbFamily::Valkey)
        findings.add({-1, {}, SaveIssue::SlotImport, 1});
}

void dropUnheld(Value &value, const TargetFacts &facts)
{
    if (auto *hash = std::get_if<HashValue>(&value); hash && !facts.fieldExpiry) {
        for (HashField &field : hash->fields)
            field.expireAtMs = -1;
    }
    if (auto *stream = std::get_if<StreamValue>(&value); stream && !facts.idempotency)
        stream->idempotencyTail.clear();
}

bool takesAsItStands(SaveTarget target, RdbFamily family, std::uint8_t rdbType, QByteArrayView value)
{
    const TargetFacts &facts = factsOf(target);
    if (rdbType > facts.highestType)
        return false;
    // Types 22 and 23 were a release candidate's in one family, and 22 is another thing in the other.
    if (rdbType == kTypeHashExpiring22 || rdbType == kTypeHashListpackExPreGa)
        return family == RdbFamily::Valkey && facts.family == RdbFamily::Valkey;
    return family == facts.family || !hasLargeListpack(rdbType, value);
}

bool mayLose(SaveTarget target, std::uint8_t rdbType)
{
    const TargetFacts &facts = factsOf(target);
    if (isExpiringHash(rdbType))
        return !facts.fieldExpiry;
    const bool isStream = rdbType == kTypeStream2 || rdbType == kTypeStream3 || rdbType == kTypeStream4;
    return rdbType == kTypeModule || (isStream && rdbType > facts.highestType);
}

bool takesFileRecord(SaveTarget target, const RdbFileRecord &record, RdbFamily family)
{
    switch (record.opcode) {
    case kOpFunction:
        return factsOf(target).functions;
    case kOpFunctionPreGa: // only release candidates of Redis 7.0 wrote it, and hardly a server reads it
        return false;
    case kOpKeyMetaOrSlotImport:
        return family != RdbFamily::Valkey;
    default:
        return true;
    }
}

QByteArray libraryName(QByteArrayView code)
{
    const qsizetype end = code.indexOf('\n');
    const QByteArray line = (end < 0 ? code : code.first(end)).toByteArray().trimmed();
    for (const QByteArray &word : line.split(' ')) {
        if (word.startsWith("name="))
            return word.mid(5);
    }
    return line.left(80);
}

} // namespace keyloupe
