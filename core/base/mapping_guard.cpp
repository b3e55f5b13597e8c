// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/mapping_guard.h"

#include <QtGlobal>

#include <cstdint>

#ifdef Q_OS_WIN

namespace keyloupe {

MappingGuard::MappingGuard(const void *, std::size_t, int) { }
MappingGuard::~MappingGuard() = default;

bool MappingGuard::wasCut() const
{
    return false;
}

std::int64_t MappingGuard::intactBytes() const
{
    return INT64_MAX;
}

void MappingGuard::sawSize(std::int64_t) const { }

bool MappingGuard::hadReadError() const
{
    return false;
}

} // namespace keyloupe

#else

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <mutex>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace keyloupe {

// What the handler reads. It may interrupt any thread anywhere, so it takes no lock: a slot that is being written meanwhile
// has an odd sequence or another one afterwards, and is passed over. The slot of the page that faulted is never that one,
// because whoever reads a mapping keeps it.
struct MappingGuard::Slot
{
    std::atomic<bool> taken{false};
    std::atomic<std::uint32_t> sequence{0};
    std::atomic<std::uintptr_t> begin{0};
    std::atomic<std::uintptr_t> end{0};
    std::atomic<int> handle{-1};
    std::atomic<bool> cut{false};
    std::atomic<std::int64_t> intact{INT64_MAX};
    std::atomic<bool> readError{false};

    void keepLess(std::int64_t bytes)
    {
        for (std::int64_t seen = intact; bytes < seen && !intact.compare_exchange_weak(seen, bytes);) { }
    }

    void set(std::uintptr_t from, std::uintptr_t to, int file)
    {
        ++sequence;
        begin = from;
        end = to;
        handle = file;
        ++sequence;
    }
};

struct MappingGuard::Registry
{
    struct Block
    {
        std::array<Slot, 64> slots;
        std::atomic<Block *> next{nullptr}; // blocks are added and never taken away
    };

    static Block first;
    static std::uintptr_t pageSize;
    static struct sigaction before;

    static Slot *take();
    static void install();
    static bool cover(std::uintptr_t address);
    static void onBusError(int signal, siginfo_t *info, void *context);
    static void handOn(int signal, siginfo_t *info, void *context);
};

MappingGuard::Registry::Block MappingGuard::Registry::first;
std::uintptr_t MappingGuard::Registry::pageSize = 4096;
struct sigaction MappingGuard::Registry::before;

static_assert(std::atomic<std::uintptr_t>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

MappingGuard::Slot *MappingGuard::Registry::take()
{
    for (Block *block = &first;;) {
        for (Slot &slot : block->slots) {
            bool free = false;
            if (slot.taken.compare_exchange_strong(free, true))
                return &slot;
        }
        Block *next = block->next;
        if (!next) {
            auto *made = new Block;
            if (block->next.compare_exchange_strong(next, made))
                next = made;
            else
                delete made;
        }
        block = next;
    }
}

void MappingGuard::Registry::install()
{
    static std::once_flag once;
    std::call_once(once, [] {
        pageSize = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
        struct sigaction action = {};
        action.sa_sigaction = onBusError;
        action.sa_flags = SA_SIGINFO | SA_ONSTACK;
        sigemptyset(&action.sa_mask);
        ::sigaction(SIGBUS, &action, &before);
    });
}

// Puts zeros where the page is missing; false when the address is none of ours. Runs in the signal handler: only system calls.
bool MappingGuard::Registry::cover(std::uintptr_t address)
{
    for (Block *block = &first; block; block = block->next) {
        for (Slot &slot : block->slots) {
            const std::uint32_t sequence = slot.sequence;
            const std::uintptr_t begin = slot.begin;
            const std::uintptr_t end = slot.end;
            const int handle = slot.handle;
            if ((sequence & 1) != 0 || slot.sequence != sequence || address < begin || address >= end)
                continue;
            const auto pageUp = [](std::uintptr_t n) { return (n + pageSize - 1) / pageSize * pageSize; };
            std::uintptr_t from = address / pageSize * pageSize;
            std::uintptr_t to = from + pageSize;
            struct stat now;
            const bool known = ::fstat(handle, &now) == 0;
            const bool cut = !known || static_cast<std::uintptr_t>(now.st_size) <= from - begin;
            if (cut) {
                slot.keepLess(known ? static_cast<std::int64_t>(now.st_size) : 0);
                // All that is gone at once; a file without it would fault page by page.
                if (known)
                    from = begin + pageUp(static_cast<std::uintptr_t>(now.st_size));
                to = begin + pageUp(end - begin);
            }
            (cut ? slot.cut : slot.readError) = true;
            return ::mmap(reinterpret_cast<void *>(from), to - from, PROT_READ, MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
        }
    }
    return false;
}

void MappingGuard::Registry::onBusError(int signal, siginfo_t *info, void *context)
{
    const int error = errno;
    const bool fault = info->si_code > 0; // of the processor, not sent by a program
    if (!fault || !cover(reinterpret_cast<std::uintptr_t>(info->si_addr)))
        handOn(signal, info, context);
    errno = error;
}

void MappingGuard::Registry::handOn(int signal, siginfo_t *info, void *context)
{
    if ((before.sa_flags & SA_SIGINFO) != 0) {
        before.sa_sigaction(signal, info, context);
    } else if (before.sa_handler == SIG_DFL) {
        // A fault comes again as soon as this returns; what was sent is sent once more.
        ::sigaction(signal, &before, nullptr);
        if (info->si_code <= 0)
            ::raise(signal);
    } else if (before.sa_handler != SIG_IGN) {
        before.sa_handler(signal);
    } else if (info->si_code > 0) {
        // A fault cannot be ignored: it would come for ever.
        std::signal(signal, SIG_DFL);
    }
}

MappingGuard::MappingGuard(const void *begin, std::size_t length, int handle)
{
    Registry::install();
    m_slot = Registry::take();
    m_slot->cut = false;
    m_slot->intact = INT64_MAX;
    m_slot->readError = false;
    const auto from = reinterpret_cast<std::uintptr_t>(begin);
    m_slot->set(from, from + length, handle);
}

MappingGuard::~MappingGuard()
{
    m_slot->set(0, 0, -1);
    m_slot->taken = false;
}

bool MappingGuard::wasCut() const
{
    return m_slot->cut;
}

std::int64_t MappingGuard::intactBytes() const
{
    return m_slot->intact;
}

void MappingGuard::sawSize(std::int64_t bytes) const
{
    if (bytes < 0 || static_cast<std::uintptr_t>(bytes) >= m_slot->end - m_slot->begin)
        return;
    m_slot->keepLess(bytes);
    m_slot->cut = true;
}

bool MappingGuard::hadReadError() const
{
    return m_slot->readError;
}

} // namespace keyloupe

#endif
