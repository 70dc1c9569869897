/*
 * Lock contracts, checked by clang's thread-safety analysis in `make check`; nothing for gcc.
 *
 * A function says what it needs (REQUIRES: held before and after), what it must not hold
 * (EXCLUDES), and what it changes (ACQUIRES, RELEASES). A field says which lock guards it.
 */
#ifndef SYNC_CONTRACT_H
#define SYNC_CONTRACT_H

#ifdef __clang__
#define CONTRACT(x) __attribute__((x))
#else
#define CONTRACT(x)
#endif

#define CAPABILITY(name)       CONTRACT(capability(name))
#define GUARDED_BY(lock)       CONTRACT(guarded_by(lock))
#define REQUIRES(...)          CONTRACT(requires_capability(__VA_ARGS__))
#define REQUIRES_SHARED(...)   CONTRACT(requires_shared_capability(__VA_ARGS__))
#define EXCLUDES(...)          CONTRACT(locks_excluded(__VA_ARGS__))
#define ACQUIRES(...)          CONTRACT(acquire_capability(__VA_ARGS__))
#define ACQUIRES_SHARED(...)   CONTRACT(acquire_shared_capability(__VA_ARGS__))
#define RELEASES(...)          CONTRACT(release_capability(__VA_ARGS__))
#define RELEASES_SHARED(...)   CONTRACT(release_shared_capability(__VA_ARGS__))
#define TRY_ACQUIRES(yes, ...) CONTRACT(try_acquire_capability(yes, __VA_ARGS__))

/* For a lock that is held under another name: the run-time check that it is. */
#define ASSERTS_HELD(...)        CONTRACT(assert_capability(__VA_ARGS__))
#define ASSERTS_HELD_SHARED(...) CONTRACT(assert_shared_capability(__VA_ARGS__))

/* For the few functions that the analysis cannot follow; each says why. */
#define UNCHECKED_LOCKING CONTRACT(no_thread_safety_analysis)

#endif
