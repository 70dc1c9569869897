/* The first C function of a program: crt0.S of Quire's library calls it. */
#include "shim.h"

#include "../user/user.h"

#include "abi/signal.h"

char **__xv6_environment;

int main(int argc, char **argv);
void __start(long *stack);

/* A write to a pipe that nobody reads fails and does not end the program. */
static void ignore_broken_pipes(void)
{
    struct ksigaction ignore = {.handler = SIG_IGN};
    CALL4(SYS_rt_sigaction, SIGPIPE, &ignore, 0, sizeof(ignore.mask));
}

void __start(long *stack)
{
    int argc = (int)stack[0];
    char **argv = (char **)(stack + 1);
    __xv6_environment = argv + argc + 1;
    ignore_broken_pipes();
    exit(main(argc, argv));
}
