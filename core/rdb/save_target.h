// SPDX-License-Identifier: GPL-3.0-or-later
//
// SaveTarget: the servers that a file can be written for, what their oldest release of that number reads, and what of a
// value it cannot hold. Constants and pure functions; any thread. Facts: docs/export.md.
#pragma once

#include "core/rdb/rdb_scanner.h"
#include "core/rdb/rdb_types.h"

#include <QByteArrayView>
#include <QString>

#include <cstdint>
#include <optional>
#include <vector>

namespace keyloupe {

enum class SaveTarget : std::uint8_t { Redis5, Redis6, Redis7, Redis8, Valkey8, Valkey9 };

constexpr SaveTarget kSaveTargets[] = {SaveTarget::Redis5, SaveTarget::Redis6,  SaveTarget::Redis7,
                                       SaveTarget::Redis8, SaveTarget::Valkey8, SaveTarget::Valkey9};

/// What a reader of a file, or of commands, can hold.
struct TargetFacts
{
    const char *name = "";  ///< as --target takes it: "redis7"
    const char *title = ""; ///< for a person: "Redis 7"
    RdbFamily family = RdbFamily::Redis;
    int version = 0; ///< of the RDB header
    std::uint8_t highestType = 0;
    bool functions = false;
    bool fieldExpiry = false;    ///< fields of hashes with an expiry of their own
    bool streamCounters = false; ///< entries added and read, the highest deleted id
    bool activeTimes = false;    ///< when a consumer last got something, beside when it was last seen
    bool idempotency = false;    ///< producers of Redis 8.6 streams
};

const TargetFacts &factsOf(SaveTarget target);
std::optional<SaveTarget> saveTargetNamed(QByteArrayView name);

/// Something that a target cannot hold or does not have by itself.
enum class SaveIssue : std::uint8_t {
    FieldExpiry,
    StreamCounters,
    ActiveTimes,
    Idempotency,
    Function,
    KeyMetadata,
    SlotImport,
    Unreadable, ///< damaged, so it cannot be put into another form
    Module,     ///< no loss: is there only where its module is loaded
    ModuleAux,  ///< no loss: servers without the module refuse the whole file
};

/// What happens to what the target cannot hold: one English sentence without a final stop.
const char *saveIssueText(SaveIssue issue);
/// Short and stable, for machines: "field-expiry".
const char *saveIssueName(SaveIssue issue);
bool isLoss(SaveIssue issue);

struct SaveFinding
{
    int db = -1;      ///< -1: of the file as a whole
    QByteArray key;   ///< the key, or the name of a library or module
    SaveIssue issue = SaveIssue::FieldExpiry;
    std::int64_t count = 1; ///< of fields, groups …
    bool operator==(const SaveFinding &) const = default;
};

/// The findings, so many that memory allows, and how many there are in all.
struct SaveFindings
{
    static constexpr std::size_t kListed = 10'000;

    std::vector<SaveFinding> list;
    std::int64_t losses = 0;
    std::int64_t notes = 0;

    void add(SaveFinding finding);
};

/// Adds what of this value a reader like that does not take.
void addFindings(SaveFindings &findings, int db, const QByteArray &key, const Value &value, const TargetFacts &facts);
/// The same for a record of a file outside the keys.
void addFindings(SaveFindings &findings, const RdbFileRecord &record, RdbFamily family, const TargetFacts &facts);

/// The value without what a reader like that cannot hold (for streams the encoder does it by version).
void dropUnheld(Value &value, const TargetFacts &facts);

/// True when a reader of that target takes a value of this type byte and these bytes as they stand.
bool takesAsItStands(SaveTarget target, RdbFamily family, std::uint8_t rdbType, QByteArrayView value);
/// True when values of this type byte may hold something that the target does not (so they are worth decoding).
bool mayLose(SaveTarget target, std::uint8_t rdbType);
/// How many producers a stream of Redis 8.6 remembers; 1 where there are none but other settings than of every new stream.
std::int64_t rememberedProducers(const StreamValue &stream);
/// True when a record outside the keys belongs into a file for the target.
bool takesFileRecord(SaveTarget target, const RdbFileRecord &record, RdbFamily family);

/// The name in a function library's first line ("#!lua name=…"), or the bytes before the first line's end.
QByteArray libraryName(QByteArrayView code);

} // namespace keyloupe
