// SPDX-License-Identifier: GPL-3.0-or-later
//
// MappingGuard: while it lives, reading a mapped file never kills the process. Where somebody cuts the file, or the disk cannot
// read a page, the system raises SIGBUS; a handler then puts zeros there, notes it, and the read goes on.
//
// The handler is of the whole process, because signals are; it is installed with the first guard, minds only addresses inside
// a guarded mapping and hands all others to the handler that was there before. Any thread. Owned by MappedFile. Does nothing
// on Windows, where a mapped file cannot be cut.
#pragma once

#include <cstddef>
#include <cstdint>

namespace keyloupe {

class MappingGuard
{
public:
    /// The mapping begins at the file's start. The guard must go before the mapping and the handle do.
    MappingGuard(const void *begin, std::size_t length, int handle);
    ~MappingGuard();
    MappingGuard(const MappingGuard &) = delete;
    MappingGuard &operator=(const MappingGuard &) = delete;

    bool wasCut() const;       ///< zeros were read where the file had ended
    std::int64_t intactBytes() const; ///< from the start on: the shortest that the file was seen to be; INT64_MAX unless it was cut
    void sawSize(std::int64_t bytes) const; ///< of the file, by somebody who looked: a cut that no read has met yet
    bool hadReadError() const; ///< zeros were read where the disk gave nothing

private:
    struct Slot;
    struct Registry;
    Slot *m_slot = nullptr;
};

} // namespace keyloupe
