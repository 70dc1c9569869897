/*
 * Doubly linked rings. A `struct list` is either a head or a node inside a larger structure; an
 * empty head and a node that stands nowhere point to themselves. All operations take constant time.
 */
#ifndef LIB_LIST_H
#define LIB_LIST_H

#include <stdbool.h>

#include "lib/util.h"

struct list {
    struct list *next;
    struct list *prev;
};

#define LIST_INIT(head)  \
    {                    \
        &(head), &(head) \
    }

static inline void list_init(struct list *l)
{
    l->next = l->prev = l;
}

/* Of a head: nothing in it. Of a node: it stands in no list. */
static inline bool list_is_empty(const struct list *l)
{
    return l->next == l;
}

/* Puts `node`, which stands in no list, right behind `place`. */
static inline void list_insert_after(struct list *place, struct list *node)
{
    node->prev = place;
    node->next = place->next;
    place->next->prev = node;
    place->next = node;
}

static inline void list_push_front(struct list *head, struct list *node)
{
    list_insert_after(head, node);
}

static inline void list_push_back(struct list *head, struct list *node)
{
    list_insert_after(head->prev, node);
}

/* Takes `node` out and leaves it pointing to itself. */
static inline void list_remove(struct list *node)
{
    struct list *before = node->prev, *after = node->next;
    before->next = after;
    after->prev = before;
    list_init(node);
}

/* The first node, taken out, or NULL. */
static inline struct list *list_pop_front(struct list *head)
{
    struct list *node = head->next;
    if (node == head)
        return NULL;
    list_remove(node);
    return node;
}

/* Moves everything in `from` to the end of `to`. */
static inline void list_splice_back(struct list *to, struct list *from)
{
    if (list_is_empty(from))
        return;
    struct list *first = from->next, *last = from->prev, *tail = to->prev;
    tail->next = first;
    first->prev = tail;
    last->next = to;
    to->prev = last;
    list_init(from);
}

#define list_entry(node, type, member) container_of(node, type, member)

#define list_for_each(node, head) \
    for (struct list *node = (head)->next; node != (head); node = node->next)

/* The same where the body may take `node` out of the list. */
#define list_for_each_safe(node, following, head)                                   \
    for (struct list *node = (head)->next, *following = node->next; node != (head); \
         node = following, following = node->next)

#endif
