/* What of signals a child has, and a program that is executed. */
#include "tests.h"

static void inherited(void *unused)
{
    struct sigaction action;
    CHECK(!is_pending(SIGUSR1), "nothing is pending in a child");
    CHECK(is_blocked(SIGUSR1) && is_blocked(SIGUSR2), "it has the mask");
    CHECK(sigaction(SIGUSR1, NULL, &action) == 0 && action.sa_sigaction == take_note,
          "and the handlers");
    CHECK(sigaction(SIGTERM, NULL, &action) == 0 && action.sa_handler == SIG_IGN,
          "and what is ignored");
    send_self(SIGUSR1);
    unblock(SIGUSR1);
    CHECK(notes.count == 1, "which work");
    catch (SIGUSR2, take_note, 0);
    set_handler(SIGTERM, SIG_DFL);
}

void fork_inherits(void)
{
    struct sigaction action;
    NEEDS_HANDLERS();
    catch (SIGUSR1, take_note, 0);
    set_handler(SIGTERM, SIG_IGN);
    block(SIGUSR1);
    block(SIGUSR2);
    send_self(SIGUSR1);
    CHECK(finish(start(inherited, NULL)), "the child");
    CHECK(is_pending(SIGUSR1) && notes.count == 0, "here it still waits");
    CHECK(sigaction(SIGUSR2, NULL, &action) == 0 && action.sa_handler == SIG_DFL,
          "the child's handlers are its own");
    CHECK(sigaction(SIGTERM, NULL, &action) == 0 && action.sa_handler == SIG_IGN, "all of them");
}

/* --report: the exit status has a bit for each thing that is not as it should be after execve. */
int role_report(void)
{
    struct sigaction action;
    stack_t stack;
    int wrong = 0;
    wrong |= sigaction(SIGUSR1, NULL, &action) != 0 || action.sa_handler != SIG_DFL;
    wrong |= (sigaction(SIGUSR2, NULL, &action) != 0 || action.sa_handler != SIG_IGN) << 1;
    wrong |= (sigaction(SIGCHLD, NULL, &action) != 0 || action.sa_handler != SIG_DFL) << 2;
    wrong |= (!is_blocked(SIGTERM) || is_blocked(SIGHUP)) << 3;
    wrong |= (sigaltstack(NULL, &stack) != 0 || stack.ss_flags != SS_DISABLE) << 4;
    sigset_t set;
    wrong |= (sigpending(&set) != 0 || sigismember(&set, SIGTERM) != 0) << 5;
    return wrong;
}

void exec_resets(void)
{
    NEEDS_HANDLERS();
    stack_t stack = {.ss_sp = map(16 * PAGE, RW, ANON, -1, 0), .ss_size = 16 * PAGE};
    pid_t pid = fork();
    if (pid == 0) {
        catch (SIGUSR1, take_note, SA_ONSTACK);
        catch (SIGCHLD, take_note, 0);
        set_handler(SIGUSR2, SIG_IGN);
        block(SIGTERM);
        sigaltstack(&stack, NULL);
        exec_role("--report");
        _exit(100);
    }
    int status = status_of(pid, 0);
    CHECK((status & 0x100) == 0, "handlers are gone");
    CHECK((status & 0x200) == 0, "what was ignored is");
    CHECK((status & 0x400) == 0, "a handler for SIGCHLD is gone");
    CHECK((status & 0x800) == 0, "the mask is kept");
    CHECK((status & 0x1000) == 0, "no alternate stack");
    CHECK((status & 0x2000) == 0, "nothing is pending");
    CHECK((status & ~0x3f00) == 0, "and it ended: %#x", (unsigned)status);
}

/* --pending: a signal that came before execve waits on, and kills when it is unblocked. */
int role_pending(void)
{
    if (!is_pending(SIGTERM))
        return 1;
    unblock(SIGTERM);
    return 2;
}

void exec_keeps_pending(void)
{
    NEEDS_HANDLERS();
    pid_t pid = fork();
    if (pid == 0) {
        catch (SIGTERM, take_note, 0);
        block(SIGTERM);
        kill(getpid(), SIGTERM);
        exec_role("--pending");
        _exit(100);
    }
    int status = status_of(pid, 0);
    CHECK(status == SIGTERM, "it is pending after execve, and kills: %#x", (unsigned)status);
}
