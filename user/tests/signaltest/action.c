/* Handlers: when and how often they run, what is blocked meanwhile, sigaction and its flags. */
#include "tests.h"

void handlers_run(void)
{
    static const int numbers[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGILL,  SIGTRAP, SIGABRT,   SIGBUS,
                                  SIGFPE,  SIGUSR1, SIGSEGV, SIGUSR2, SIGPIPE, SIGALRM,   SIGTERM,
                                  SIGCHLD, SIGCONT, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG,    SIGXCPU,
                                  SIGXFSZ, SIGIO,   SIGPROF, SIGPWR,  SIGSYS,  SIGVTALRM, SIGWINCH};
    NEEDS_HANDLERS();
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        int number = numbers[i], before = notes.count;
        catch (number, take_note, 0);
        send_self(number);
        CHECK(notes.count == before + 1 && notes.info.si_signo == number,
              "signal %d is handled before kill returns: %d times", number, notes.count - before);
        send_self(number);
        CHECK(notes.count == before + 2, "signal %d, a second time", number);
        CHECK(!is_blocked(number), "signal %d is not blocked afterwards", number);
    }
    set_handler(SIGUSR1, take_note_of);
    notes.count = 0;
    send_self(SIGUSR1);
    CHECK(notes.count == 1 && notes.info.si_signo == SIGUSR1, "without SA_SIGINFO");
}

/* Flags that C libraries add for themselves. */
#define RESTORER 0x04000000

void actions_are_kept(void)
{
    NEEDS_HANDLERS();
    struct sigaction action = {.sa_sigaction = take_note, .sa_flags = SA_SIGINFO | SA_RESTART};
    struct sigaction old;
    action.sa_mask = set_of(SIGUSR2, SIGKILL);
    CHECK(sigaction(SIGUSR1, NULL, &old) == 0 && old.sa_handler == SIG_DFL, "the default at first");
    CHECK(sigaction(SIGUSR1, &action, &old) == 0 && old.sa_handler == SIG_DFL, "set one");
    CHECK(sigaction(SIGUSR1, NULL, &old) == 0 && old.sa_sigaction == take_note, "ask for it");
    CHECK((old.sa_flags & ~RESTORER) == (SA_SIGINFO | SA_RESTART), "its flags: %#x", old.sa_flags);
    CHECK(sigismember(&old.sa_mask, SIGUSR2) == 1, "its mask");
    CHECK(sigismember(&old.sa_mask, SIGKILL) == 0, "SIGKILL is not in it");
    CHECK(sigismember(&old.sa_mask, SIGUSR1) == 0, "nor is the signal itself");
    action.sa_handler = SIG_IGN;
    CHECK(sigaction(SIGUSR1, &action, &old) == 0 && old.sa_sigaction == take_note, "replace it");
    CHECK(sigaction(SIGUSR2, NULL, &old) == 0 && old.sa_handler == SIG_DFL, "others are as before");
    CHECK(sigaction(SIGUSR1, NULL, &old) == 0 && old.sa_handler == SIG_IGN, "ignored");
    CHECK(sigaction(SIGKILL, NULL, &old) == 0 && old.sa_handler == SIG_DFL, "SIGKILL's");
}

void action_errors(void)
{
    static const int never[] = {SIGKILL, SIGSTOP}, none[] = {0, -1, 65, 1000};
    NEEDS_HANDLERS();
    struct sigaction action = {.sa_sigaction = take_note, .sa_flags = SA_SIGINFO}, old;
    for (int i = 0; i < 2; i++) {
        action.sa_sigaction = take_note;
        CHECK(sigaction(never[i], &action, NULL) == -1 && errno == EINVAL, "catch %d", never[i]);
        action.sa_handler = SIG_IGN;
        CHECK(sigaction(never[i], &action, NULL) == -1 && errno == EINVAL, "ignore %d", never[i]);
        action.sa_handler = SIG_DFL;
        CHECK(sigaction(never[i], &action, NULL) == -1 && errno == EINVAL, "default %d", never[i]);
    }
    for (int i = 0; i < 4; i++) {
        CHECK(sigaction(none[i], &action, NULL) == -1 && errno == EINVAL, "signal %d", none[i]);
        CHECK(sigaction(none[i], NULL, &old) == -1 && errno == EINVAL, "ask for %d", none[i]);
    }
    uint64_t words[8] = {0};
    CHECK(RAW(SYS_rt_sigaction, SIGUSR1, (long)words, 0, 16) == -EINVAL, "a set of another size");
    CHECK(RAW(SYS_rt_sigaction, SIGUSR1, 0, 0, 0) == -EINVAL, "a set of no size");
    CHECK(RAW(SYS_rt_sigaction, SIGUSR1, (long)empty_range(PAGE), 0, 8) == -EFAULT, "a bad action");
    CHECK(RAW(SYS_rt_sigaction, SIGUSR1, 0, (long)empty_range(PAGE), 8) == -EFAULT, "a bad place");
}

void standard_merge(void)
{
    NEEDS_HANDLERS();
    catch (SIGUSR1, take_note, 0);
    block(SIGUSR1);
    for (int i = 0; i < 5; i++)
        send_self(SIGUSR1);
    CHECK(notes.count == 0 && is_pending(SIGUSR1), "five of them wait");
    unblock(SIGUSR1);
    CHECK(notes.count == 1 && !is_pending(SIGUSR1), "and are one: %d", notes.count);
}

void realtime_queue(void)
{
    enum { FIRST = 40, TIMES = 10 };
    NEEDS_HANDLERS();
    catch_alone(FIRST, take_note, 0);
    catch_alone(FIRST + 1, take_note, 0);
    block(FIRST);
    block(FIRST + 1);
    for (int i = 0; i < TIMES; i++) {
        send_self(FIRST + 1);
        send_self(FIRST);
    }
    sigset_t both = set_of(FIRST, FIRST + 1);
    CHECK(is_pending(FIRST) && is_pending(FIRST + 1), "pending");
    CHECK(sigprocmask(SIG_UNBLOCK, &both, NULL) == 0, "unblock both");
    CHECK(notes.count == 2 * TIMES, "each is delivered: %d", notes.count);
    for (int i = 0; i < 2 * TIMES && i < notes.count; i++)
        CHECK(notes.order[i] == (i < TIMES ? FIRST : FIRST + 1), "number %d is %d", i,
              notes.order[i]);
}

/* With all blocked in handlers they run one after another: by number. */
void order_of_delivery(void)
{
    static const int sent[] = {SIGTERM, SIGUSR2, SIGHUP, SIGWINCH, SIGUSR1, SIGINT};
    static const int expected[] = {SIGHUP, SIGINT, SIGUSR1, SIGUSR2, SIGTERM, SIGWINCH};
    sigset_t all, old;
    NEEDS_HANDLERS();
    sigfillset(&all);
    CHECK(sigprocmask(SIG_SETMASK, &all, &old) == 0, "block all");
    for (int i = 0; i < 6; i++) {
        catch_alone(sent[i], take_note, 0);
        send_self(sent[i]);
    }
    CHECK(notes.count == 0, "all wait");
    CHECK(sigprocmask(SIG_SETMASK, &old, NULL) == 0 && notes.count == 6, "all run");
    for (int i = 0; i < 6; i++)
        CHECK(notes.order[i] == expected[i], "number %d: %d, not %d", i, expected[i],
              notes.order[i]);
}

static volatile int depth, deepest, left_to_send;

/* Sends the next signal, or itself again, from within. */
static void nests(int number, siginfo_t *info, void *context)
{
    take_note(number, info, context);
    depth++;
    deepest = depth > deepest ? depth : deepest;
    if (left_to_send-- > 0)
        kill(getpid(), number == SIGUSR1 ? SIGUSR2 : SIGUSR1);
    depth--;
}

void handlers_nest(void)
{
    NEEDS_HANDLERS();
    catch (SIGUSR1, nests, 0);
    catch (SIGUSR2, nests, 0);
    left_to_send = 1;
    send_self(SIGUSR1);
    CHECK(notes.count == 2 && deepest == 2, "the second within the first: %d", deepest);
    catch (SIGUSR1, nests, SA_NODEFER);
    catch (SIGUSR2, nests, SA_NODEFER);
    deepest = 0;
    left_to_send = 50;
    send_self(SIGUSR1);
    CHECK(notes.count == 53 && deepest == 51, "51 deep: %d", deepest);
    CHECK(!is_blocked(SIGUSR1) && !is_blocked(SIGUSR2), "nothing is blocked at the end");
}

static void sends_both(int number, siginfo_t *info, void *context)
{
    take_note(number, info, context);
    if (notes.count > 1)
        return;
    kill(getpid(), SIGUSR1);
    kill(getpid(), SIGUSR2);
    CHECK(notes.count == 1, "neither itself nor sa_mask's come within");
    CHECK(is_pending(SIGUSR1) && is_pending(SIGUSR2), "they wait");
}

void masked_in_handler(void)
{
    NEEDS_HANDLERS();
    struct sigaction action = {.sa_sigaction = sends_both, .sa_flags = SA_SIGINFO};
    action.sa_mask = set_of(SIGUSR2, SIGTERM);
    catch (SIGUSR2, take_note, 0);
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0, "with sa_mask");
    send_self(SIGUSR1);
    CHECK(notes.count == 3, "they come afterwards: %d", notes.count);
    CHECK(!is_blocked(SIGUSR1) && !is_blocked(SIGUSR2), "unblocked again");
}

static void looks_at_mask(int number, siginfo_t *info, void *context)
{
    take_note(number, info, context);
    CHECK(is_blocked(SIGUSR1) && is_blocked(SIGUSR2) && is_blocked(SIGTERM), "three are blocked");
    CHECK(!is_blocked(SIGHUP), "others are not");
    unblock(SIGTERM);
    block(SIGHUP);
}

/* What was blocked before, what sa_mask has, and the signal; what the handler changes is undone. */
void mask_of_handler(void)
{
    NEEDS_HANDLERS();
    struct sigaction action = {.sa_sigaction = looks_at_mask, .sa_flags = SA_SIGINFO};
    action.sa_mask = set_of(SIGUSR2, 0);
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0, "with sa_mask");
    block(SIGTERM);
    send_self(SIGUSR1);
    CHECK(notes.count == 1, "it ran");
    CHECK(is_blocked(SIGTERM) && !is_blocked(SIGHUP), "the mask is what it was");
    CHECK(!is_blocked(SIGUSR1) && !is_blocked(SIGUSR2), "all of it");
}

static void sends_itself(int number, siginfo_t *info, void *context)
{
    take_note(number, info, context);
    depth++;
    deepest = depth > deepest ? depth : deepest;
    if (left_to_send-- > 0)
        kill(getpid(), number);
    depth--;
}

void no_defer(void)
{
    NEEDS_HANDLERS();
    catch (SIGUSR1, sends_itself, SA_NODEFER);
    left_to_send = 3;
    send_self(SIGUSR1);
    CHECK(notes.count == 4 && deepest == 4, "within itself: %d, %d deep", notes.count, deepest);
    catch (SIGUSR1, sends_itself, 0);
    deepest = notes.count = 0;
    left_to_send = 3;
    send_self(SIGUSR1);
    CHECK(notes.count == 4 && deepest == 1, "after itself: %d, %d deep", notes.count, deepest);
}

static void sees_default(int number, siginfo_t *info, void *context)
{
    struct sigaction action;
    take_note(number, info, context);
    CHECK(sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_DFL,
          "the default is back while the handler runs");
    CHECK(is_blocked(number), "the signal is blocked all the same");
}

static void handles_once(void *unused)
{
    send_self(SIGUSR1);
    CHECK(notes.count == 1, "the first is handled");
    send_self(SIGUSR1);
    CHECK(0, "the second kills");
}

void reset_hand(void)
{
    NEEDS_HANDLERS();
    catch (SIGUSR1, sees_default, (int)SA_RESETHAND);
    CHECK(signal_of(handles_once, NULL) == SIGUSR1, "the second one kills");
    send_self(SIGUSR1);
    CHECK(notes.count == 1, "handled once");
}

void ignored(void)
{
    NEEDS_HANDLERS();
    set_handler(SIGTERM, SIG_IGN);
    send_self(SIGTERM);
    CHECK(!is_pending(SIGTERM), "ignored, and gone");
    catch (SIGTERM, take_note, 0);
    CHECK(notes.count == 0, "not kept for a handler");
    send_self(SIGTERM);
    CHECK(notes.count == 1, "which then runs");
    static const int harmless[] = {SIGCHLD, SIGURG, SIGWINCH, SIGCONT};
    for (int i = 0; i < 4; i++) {
        send_self(harmless[i]);
        CHECK(!is_pending(harmless[i]), "by default ignored: %d", harmless[i]);
    }
}

/* A blocked signal waits even if it is ignored: the action may change. */
void ignored_while_blocked(void)
{
    NEEDS_HANDLERS();
    set_handler(SIGUSR1, SIG_IGN);
    block(SIGUSR1);
    block(SIGWINCH);
    send_self(SIGUSR1);
    send_self(SIGWINCH);
    CHECK(is_pending(SIGUSR1) && is_pending(SIGWINCH), "both wait");
    catch (SIGUSR1, take_note, 0);
    unblock(SIGUSR1);
    CHECK(notes.count == 1, "and can be handled: %d", notes.count);
    unblock(SIGWINCH);
    CHECK(!is_pending(SIGWINCH), "or vanish");
    block(SIGUSR1);
    send_self(SIGUSR1);
    set_handler(SIGUSR1, SIG_IGN);
    CHECK(!is_pending(SIGUSR1), "ignoring discards what waits");
    block(SIGCHLD);
    send_self(SIGCHLD);
    set_handler(SIGCHLD, SIG_DFL);
    CHECK(!is_pending(SIGCHLD), "a default that ignores does so too");
    block(SIGTERM);
    send_self(SIGTERM);
    set_handler(SIGTERM, SIG_DFL);
    CHECK(is_pending(SIGTERM), "a default that kills does not");
}

static void sends_to_parent(void *unused)
{
    send_signal(getppid(), SIGUSR1);
}

void sender_is_told(void)
{
    NEEDS_HANDLERS();
    catch (SIGUSR1, take_note, SA_RESTART);
    send_self(SIGUSR1);
    CHECK(notes.info.si_signo == SIGUSR1 && notes.info.si_code == SI_USER, "by kill: code %d",
          notes.info.si_code);
    CHECK(notes.info.si_pid == getpid() && notes.info.si_uid == getuid(), "by us");
    CHECK(notes.info.si_errno == 0, "si_errno");
    pid_t pid = start(sends_to_parent, NULL);
    CHECK(finish(pid), "a child sends one");
    CHECK(notes.count == 2 && notes.info.si_pid == pid, "by the child");
    CHECK(RAW(SYS_tgkill, getpid(), raw_gettid(), SIGUSR1) == 0, "tgkill");
    CHECK(notes.count == 3 && notes.info.si_code == SI_TKILL && notes.info.si_pid == getpid(),
          "by tgkill: code %d", notes.info.si_code);
}
