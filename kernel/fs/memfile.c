/* Files of memory: see memfile.h. */
#include "fs/memfile.h"

#include "mm/writeback.h"

/* Every page is backed: there is nothing else that its contents could go to. */
static int memfile_fill(struct page_run *run)
{
    for (unsigned i = 0; i < run->count; i++) {
        page_zero(page_data(run->pages[i]));
        page_set_flags(run->pages[i], PAGE_BACKED);
    }
    return 0;
}

static void memfile_release(struct object *o)
{
    object_drop_pages(o, 0);
    inode_free_memory(inode_of(o));
}

static const struct object_ops memfile_object_ops = {
    .fill = memfile_fill,
    .release = memfile_release,
};

struct file *memfile_new(void)
{
    struct inode *ip = inode_new_memory(S_IFREG | 0777, &memfile_object_ops);
    struct file *f = ip == NULL ? NULL : file_new(&inode_file_ops, O_RDWR, ip);
    if (ip != NULL && f == NULL)
        inode_put(ip);
    return f;
}
