// SPDX-License-Identifier: GPL-3.0-or-later
//
// openFile: the one way in for every kind of local file: an RDB, an append-only file (plain, behind an RDB, or in parts with
// a manifest), the folder of one, each of the first two packed with gzip, zstd or lz4 as well. Gives an engine over its keys
// and says what is wrong with the file.
//
// Blocks; call it on the thread where the engine shall live. Files are only read.
#pragma once

#include "core/base/cancel_token.h"
#include "core/base/result.h"
#include "core/engine/aof/aof_loader.h"
#include "core/engine/engine.h"
#include "core/engine/snapshot.h"
#include "core/unpack/input_file.h"

#include <QString>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace keyloupe {

enum class FileKind : std::uint8_t {
    Rdb,
    Aof,         ///< commands only
    PreambleAof, ///< an RDB with commands behind it
    AofParts,    ///< a manifest and the files it names
};

struct OpenDamage
{
    QString file;       ///< name of the part; empty where there is only one file
    std::int64_t offset = 0;
    int db = 0;
    QByteArray command; ///< of an append-only file, where one was read
    QByteArray key;     ///< empty where unknown
    QString reason;     ///< English, no final stop
};

/// Worth saying, and no damage.
struct OpenNote
{
    enum class Kind : std::uint8_t {
        CutTail,     ///< the end of an append-only file was cut as a server cuts it
        PartOfMany,  ///< a manifest beside the file names it as one of its parts
        IgnoredTail, ///< bytes behind an RDB that are not read
        Unpacked,    ///< the file was compressed
    };
    Kind kind = Kind::CutTail;
    QString text; ///< English, no final stop
};

struct OpenedFile
{
    std::unique_ptr<Engine> engine;
    std::shared_ptr<const Snapshot> snapshot; ///< the RDB, or the one that an AOF begins with; null where there is none
    FileKind kind = FileKind::Rdb;
    QString format;                           ///< "RDB 12", "AOF with RDB preamble"
    std::vector<AofPartInfo> parts;           ///< of an AOF, in the order of reading
    AofReport aof;                            ///< of an AOF: commands, cut; its damage is in `damage`
    std::vector<OpenDamage> damage;           ///< a wrong checksum among it
    std::vector<OpenNote> notes;
    bool sound = true;                        ///< no damage; a tail that a server cuts is none
    QString suggestedSavePath;                ///< the file itself for an RDB; never a part of an AOF nor a packed file; empty for standard input
    Packing packing = Packing::None;
    std::int64_t packedBytes = 0;             ///< size of the file itself where it was packed
};

struct OpenOptions
{
    CancelToken cancel;
    std::function<void(double)> progress; ///< 0…1
    ScratchOptions scratch = {};          ///< where packed files and standard input go
};

/// Errors: Io, Corrupt (nothing of it can be read, with what it looks like instead), Cancelled.
Result<OpenedFile> openFile(const QString &path, const OpenOptions &options = {});

/// Of bytes that are there already, as those of standard input; `options` is for what follows.
Result<OpenedFile> openFile(InputFile input, const OpenOptions &options = {});

/// Everything that standard input gives, to its end.
Result<OpenedFile> openStandardInput(const OpenOptions &options = {});

/// The one manifest in a folder; Errc::Io where there is none or more than one.
Result<QString> manifestIn(const QString &folder);

} // namespace keyloupe
