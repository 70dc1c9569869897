/* Ranges of the integer types, and sizes that programs may build upon. */
#ifndef LIMITS_H
#define LIMITS_H

#include "abi/limits.h"

#define CHAR_BIT                      __CHAR_BIT__
#define SCHAR_MAX                     __SCHAR_MAX__
#define SCHAR_MIN                     (-SCHAR_MAX - 1)
#define UCHAR_MAX                     (SCHAR_MAX * 2 + 1)
#define CHAR_MIN                      0 /* plain char has no sign on RISC-V */
#define CHAR_MAX                      UCHAR_MAX
#define SHRT_MAX                      __SHRT_MAX__
#define SHRT_MIN                      (-SHRT_MAX - 1)
#define USHRT_MAX                     (SHRT_MAX * 2 + 1)
#define INT_MAX                       __INT_MAX__
#define INT_MIN                       (-INT_MAX - 1)
#define UINT_MAX                      (INT_MAX * 2U + 1)
#define LONG_MAX                      __LONG_MAX__
#define LONG_MIN                      (-LONG_MAX - 1)
#define ULONG_MAX                     (LONG_MAX * 2UL + 1)
#define LLONG_MAX                     __LONG_LONG_MAX__
#define LLONG_MIN                     (-LLONG_MAX - 1)
#define ULLONG_MAX                    (LLONG_MAX * 2ULL + 1)
#define SSIZE_MAX                     LONG_MAX

#define MB_LEN_MAX                    1
#define ATEXIT_MAX                    32
#define PTHREAD_KEYS_MAX              128
#define PTHREAD_DESTRUCTOR_ITERATIONS 4
#define PTHREAD_STACK_MIN             16384
#define SEM_VALUE_MAX                 INT_MAX
#define LINE_MAX                      2048

#endif
