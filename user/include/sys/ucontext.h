/* The same as <ucontext.h>. */
#ifndef SYS_UCONTEXT_H
#define SYS_UCONTEXT_H

#include <ucontext.h>

#endif
