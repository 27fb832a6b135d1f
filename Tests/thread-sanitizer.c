// Tells the thread sanitizer of what it cannot see: the standard library's Mutex, where two threads want it at once.
//
// A Mutex that is free is locked in the program's own code, which the sanitizer watches. One that is taken is waited for
// inside a library that it does not look into: all that lies in that Mutex then looks like a race. Loaded before that
// library, this stands in for its three functions, says what each does, and has it done.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

#define SELF __attribute__((swift_context)) void *mutex
#define SWIFT(result) __attribute__((swiftcall)) result

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

// Of the program under test; other programs that this is loaded into have none.
__attribute__((weak)) void __tsan_acquire(void *);
__attribute__((weak)) void __tsan_release(void *);

SWIFT(void) lock_slowly(uint32_t thread, SELF) __asm__(LOCK);
SWIFT(bool) try_lock_slowly(SELF) __asm__(TRY_LOCK);
SWIFT(void) unlock_slowly(SELF) __asm__(UNLOCK);

SWIFT(void) lock_slowly(uint32_t thread, SELF) {
    ((SWIFT(void) (*)(uint32_t, SELF))dlsym(RTLD_NEXT, LOCK))(thread, mutex);
    if (__tsan_acquire) __tsan_acquire(mutex);
}

SWIFT(bool) try_lock_slowly(SELF) {
    bool has_locked = ((SWIFT(bool) (*)(SELF))dlsym(RTLD_NEXT, TRY_LOCK))(mutex);
    if (has_locked && __tsan_acquire) __tsan_acquire(mutex);
    return has_locked;
}

SWIFT(void) unlock_slowly(SELF) {
    if (__tsan_release) __tsan_release(mutex);
    ((SWIFT(void) (*)(SELF))dlsym(RTLD_NEXT, UNLOCK))(mutex);
}
