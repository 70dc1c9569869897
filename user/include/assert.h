/* assert(): ends the program with a message when what must hold does not. */
#ifndef ASSERT_H
#define ASSERT_H

__attribute__((noreturn)) void __assert_failed(const char *expression, const char *file, int line,
                                               const char *function);

#ifdef NDEBUG
#define assert(expression) ((void)0)
#else
#define assert(expression) \
    ((expression) ? (void)0 : __assert_failed(#expression, __FILE__, __LINE__, __func__))
#endif

#define static_assert _Static_assert

#endif
