/* Signals that wait: see pending.h. */
#include "proc/pending.h"

#include "abi/errno.h"
#include "lib/util.h"
#include "mm/slab.h"

struct pending_info {
    struct list node;
    struct signal_info info;
};

static struct slab_cache info_cache;

/* The program itself causes these, at the instruction where it stands: they go first. */
#define SYNCHRONOUS                                                                        \
    (SIGNAL_BIT(SIGSEGV) | SIGNAL_BIT(SIGBUS) | SIGNAL_BIT(SIGILL) | SIGNAL_BIT(SIGTRAP) | \
     SIGNAL_BIT(SIGFPE))

void pending_cache_init(void)
{
    slab_init(&info_cache, "signal", sizeof(struct pending_info));
}

void pending_init(struct sigset_pending *p)
{
    p->set = 0;
    list_init(&p->infos);
}

int pending_add(struct sigset_pending *p, const struct signal_info *info)
{
    bool waits = p->set & SIGNAL_BIT(info->number);
    if (waits && info->number < FIRST_REALTIME)
        return 0;
    struct pending_info *i = slab_try_alloc(&info_cache);
    if (i == NULL && info->number >= FIRST_REALTIME && info->code != SI_USER)
        return -EAGAIN;
    if (i != NULL) {
        i->info = *info;
        list_push_back(&p->infos, &i->node);
    }
    p->set |= SIGNAL_BIT(info->number);
    return 0;
}

static struct pending_info *find(struct sigset_pending *p, int number)
{
    list_for_each (node, &p->infos) {
        struct pending_info *i = list_entry(node, struct pending_info, node);
        if (i->info.number == number)
            return i;
    }
    return NULL;
}

static void drop(struct pending_info *i)
{
    list_remove(&i->node);
    slab_free(&info_cache, i);
}

bool pending_take(struct sigset_pending *p, uint64_t allowed, struct signal_info *info)
{
    uint64_t set = p->set & allowed;
    if (set == 0)
        return false;
    int number = (int)lowest_bit(set & SYNCHRONOUS ? set & SYNCHRONOUS : set) + 1;
    struct pending_info *i = find(p, number);
    *info = i != NULL ? i->info : (struct signal_info){.number = number, .code = SI_USER};
    if (i != NULL)
        drop(i);
    if (find(p, number) == NULL)
        p->set &= ~SIGNAL_BIT(number);
    return true;
}

void pending_remove(struct sigset_pending *p, uint64_t signals)
{
    for (uint64_t set = p->set & signals; set != 0; set &= set - 1)
        for (struct pending_info *i; (i = find(p, (int)lowest_bit(set) + 1)) != NULL;)
            drop(i);
    p->set &= ~signals;
}
