// SPDX-License-Identifier: GPL-3.0-or-later
//
// InputFile: the bytes of what a person named, ready to be read: a file as it is, one that was gzip, zstd or lz4 and is unpacked
// into a scratch file, or what standard input gave. Blocks while it unpacks; call it off the GUI thread. The file named is
// only read. Knows nothing of what is inside.
#pragma once

#include "core/base/cancel_token.h"
#include "core/base/mapped_file.h"
#include "core/base/result.h"
#include "core/unpack/packing.h"
#include "core/unpack/scratch_file.h"

#include <QString>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

class QIODevice;

namespace keyloupe {

struct InputOptions
{
    CancelToken cancel = {};
    std::function<void(double)> progress = {}; ///< of the unpacking, 0…1; not called for a file that is as it is
    ScratchOptions scratch = {};
};

/// Why the unpacking ended before the end. What came out until there is in the file.
struct InputDamage
{
    std::int64_t packedOffset = 0; ///< in the file named
    std::int64_t offset = 0;       ///< in what came out: its end
    QString reason;                ///< one sentence without a final stop, with the place in the file named
};

struct InputFile
{
    std::shared_ptr<MappedFile> file;      ///< the bytes to read; not the file named where it was packed or is standard input
    QString path;                          ///< absolute; "-" for standard input
    std::optional<FileIdentity> identity;  ///< of the file named, when it was opened
    Packing packing = Packing::None;
    std::int64_t packedBytes = 0;          ///< size of what was named
    std::optional<InputDamage> damage;

    bool isStandardInput() const { return !identity.has_value(); }
    /// What happened to the file named since; None for standard input.
    FileChange change() const;
    /// Why the bytes hold nothing that can be opened, told of all layers: `inside` says what the bytes look like
    /// ("it begins with …"), and comes back as it is for a file that was not packed.
    QString describeContent(const QString &inside) const;
};

Result<InputFile> openInput(const QString &path, const InputOptions &options = {});
/// Reads to the end of the device (standard input), which may give its bytes packed or not.
Result<InputFile> readInput(QIODevice &device, const InputOptions &options = {});

} // namespace keyloupe
