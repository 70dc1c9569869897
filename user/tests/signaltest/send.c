/* To whom signals go: groups, threads, oneself, nobody; SIGPIPE; many senders at once. */
#include "tests.h"

/* --- Groups --- */

static void leads_a_group(void *argument)
{
    int *words = argument;
    pid_t pids[3];
    CHECK(setpgid(0, 0) == 0, "a group of its own");
    catch (SIGUSR1, take_note, 0);
    set_handler(SIGUSR2, SIG_DFL);
    for (int i = 0; i < 3; i++)
        pids[i] = start_sleeper();
    set_handler(SIGUSR2, SIG_IGN);
    CHECK(kill(0, SIGUSR2) == 0, "to the group");
    for (int i = 0; i < 3; i++)
        CHECK(status_of(pids[i], 0) == SIGUSR2, "child %d", i);
    CHECK(kill(0, SIGUSR1) == 0 && notes.count == 1, "to itself by the group, at once");
    CHECK(kill(-getpid(), SIGUSR1) == 0 && notes.count == 2, "and by its number");
    post(words);
}

void kill_group(void)
{
    enum { COUNT = 3 };
    NEEDS_HANDLERS();
    int *words = shared_words();
    pid_t pids[COUNT], other = start_sleeper();
    set_handler(SIGUSR2, take_note_of);
    for (int i = 0; i < COUNT; i++) {
        pids[i] = start_sleeper();
        CHECK(setpgid(pids[i], pids[0]) == 0, "into one group");
    }
    CHECK(kill(-pids[0], 0) == 0, "the group exists");
    send_signal(-pids[0], SIGTERM);
    for (int i = 0; i < COUNT; i++)
        CHECK(status_of(pids[i], 0) == SIGTERM, "child %d", i);
    CHECK(kill(-pids[0], SIGTERM) == -1 && errno == ESRCH, "the group is gone");
    CHECK(finish(start(leads_a_group, words)) && get(words) == 1, "kill(0)");
    CHECK(notes.count == 0, "what others send to their group is not for us");
    int status;
    CHECK(waitpid(other, &status, WNOHANG) == 0, "nor for others");
    send_signal(other, SIGKILL);
    CHECK(status_of(other, 0) == SIGKILL, "killed");
}

void kill_errors(void)
{
    static const int numbers[] = {-1, 65, 66, 1000, INT_MAX, INT_MIN};
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        CHECK(kill(getpid(), numbers[i]) == -1 && errno == EINVAL, "signal %d", numbers[i]);
    CHECK(kill(getpid(), 0) == 0, "signal 0 to oneself");
    CHECK(kill(0x3fffffff, SIGTERM) == -1 && errno == ESRCH, "nobody");
    CHECK(kill(0x3fffffff, 0) == -1 && errno == ESRCH, "nobody, asked");
    CHECK(kill(-0x3fffffff, SIGTERM) == -1 && errno == ESRCH, "no group");
    CHECK(kill(INT_MIN, SIGTERM) == -1 && errno == ESRCH, "a number without a negative");
}

static void ends(void *unused)
{
}

void kill_threads(void)
{
    NEEDS_HANDLERS();
    long pid = getpid(), tid = raw_gettid();
    catch (SIGUSR1, take_note, 0);
    CHECK(RAW(SYS_tgkill, pid, tid, SIGUSR1) == 0 && notes.count == 1, "tgkill to oneself");
    CHECK(RAW(SYS_tkill, tid, SIGUSR1) == 0 && notes.count == 2, "tkill to oneself");
    CHECK(RAW(SYS_tgkill, pid, tid, 0) == 0 && RAW(SYS_tkill, tid, 0) == 0, "signal 0");
    CHECK(RAW(SYS_tgkill, getppid(), tid, SIGUSR1) == -ESRCH, "in another process");
    CHECK(RAW(SYS_tgkill, 0, tid, SIGUSR1) == -EINVAL, "process 0");
    CHECK(RAW(SYS_tgkill, pid, 0, SIGUSR1) == -EINVAL, "thread 0");
    CHECK(RAW(SYS_tgkill, pid, -1, SIGUSR1) == -EINVAL, "thread -1");
    CHECK(RAW(SYS_tkill, 0, SIGUSR1) == -EINVAL, "tkill 0");
    CHECK(RAW(SYS_tkill, -5, SIGUSR1) == -EINVAL, "tkill -5");
    CHECK(RAW(SYS_tgkill, pid, tid, 65) == -EINVAL, "signal 65");
    CHECK(RAW(SYS_tkill, tid, -1) == -EINVAL, "signal -1");
    CHECK(RAW(SYS_tkill, 0x3fffffff, SIGUSR1) == -ESRCH, "nobody");
    CHECK(notes.count == 2, "nothing more came");
    pid_t child = start_sleeper();
    CHECK(RAW(SYS_tgkill, child, child, SIGTERM) == 0, "to a child");
    CHECK(status_of(child, 0) == SIGTERM, "which it kills");
    child = start(ends, NULL);
    CHECK(finish(child), "one that has ended");
    CHECK(RAW(SYS_tgkill, child, child, SIGTERM) == -ESRCH, "is gone");
}

/* --- SIGPIPE --- */

static void writes_to_nobody(void *end)
{
    ssize_t n = write(*(int *)end, "x", 1);
    CHECK(0, "write returns %zd", n);
}

void broken_pipe(void)
{
    int ends_[2];
    NEEDS_HANDLERS();
    MUST(pipe(ends_) == 0, "pipe");
    close(ends_[0]);
    CHECK(signal_of(writes_to_nobody, &ends_[1]) == SIGPIPE, "it kills by default");
    catch (SIGPIPE, take_note, SA_RESTART);
    CHECK(write(ends_[1], "x", 1) == -1 && errno == EPIPE, "EPIPE");
    CHECK(notes.count == 1 && notes.info.si_signo == SIGPIPE, "after the handler");
    CHECK(notes.info.si_pid == getpid() && notes.info.si_code == SI_USER, "as if by oneself: %d",
          notes.info.si_code);
    block(SIGPIPE);
    CHECK(write(ends_[1], "x", 1) == -1 && errno == EPIPE && is_pending(SIGPIPE), "blocked");
    set_handler(SIGPIPE, SIG_IGN);
    unblock(SIGPIPE);
    CHECK(write(ends_[1], "x", 1) == -1 && errno == EPIPE && notes.count == 1, "ignored");
}

/* --- Many --- */

enum { SENDERS = 4, ROUNDS = 100 };

static struct {
    int *acks;
    pid_t pids[SENDERS];
} many;

/* Two signals that are pending at once are one, whoever sent them: the one left out comes again. */
static void acknowledges(int number, siginfo_t *info, void *context)
{
    take_note(number, info, context);
    for (int i = 0; i < SENDERS; i++)
        if (many.pids[i] == info->si_pid)
            post(&many.acks[i * 16]);
}

static void sends_rounds(void *argument)
{
    int *ack = argument;
    pid_t parent = getppid();
    for (int round = 1; round <= ROUNDS; round++)
        while (get(ack) < round) {
            kill(parent, SIGUSR1);
            yield_to(parent);
        }
}

void many_senders(void)
{
    NEEDS_HANDLERS();
    many.acks = shared_words();
    catch (SIGUSR1, acknowledges, SA_RESTART);
    block(SIGUSR1);
    for (int i = 0; i < SENDERS; i++)
        many.pids[i] = start(sends_rounds, &many.acks[i * 16]);
    unblock(SIGUSR1);
    CHECK(finish_all(SENDERS), "every sender is heard");
    CHECK(notes.count >= SENDERS * ROUNDS, "%d signals", notes.count);
}
