// SPDX-License-Identifier: GPL-3.0-or-later
//
// Hand-overs between threads go through Qt's event queue and futures. ThreadSanitizer cannot see the locks inside a Qt that
// was built without it and would call every one of them a race; these two calls tell it. They do nothing in other builds.
#pragma once

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define KEYLOUPE_TSAN 1
#endif
#endif

#ifdef KEYLOUPE_TSAN
extern "C" void __tsan_acquire(void *address);
extern "C" void __tsan_release(void *address);
#endif

namespace keyloupe {

#ifdef KEYLOUPE_TSAN
inline char handOverTag = 0; // one for all: an order too many is better than noise
inline void beforeHandOver() { __tsan_release(&handOverTag); }
inline void afterHandOver() { __tsan_acquire(&handOverTag); }
#else
inline void beforeHandOver() { }
inline void afterHandOver() { }
#endif

} // namespace keyloupe
