/* An image file in memory: see map.h. */
#include "map.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static bool map_fd(struct map *map, int fd, int flags)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return false;
    if ((uint64_t)st.st_size > SIZE_MAX) {
        errno = EFBIG;
        return false;
    }
    map->size = (size_t)st.st_size;
    map->base = mmap(NULL, map->size, PROT_READ | PROT_WRITE, flags, fd, 0);
    return map->base != MAP_FAILED;
}

bool map_open(struct map *map, const char *path, enum map_mode mode)
{
    bool write = mode == MAP_OPEN_WRITE;
    int fd = open(path, write ? O_RDWR : O_RDONLY);
    if (fd < 0)
        return false;
    bool ok = map_fd(map, fd, write ? MAP_SHARED : MAP_PRIVATE);
    int why = errno;
    close(fd);
    errno = why;
    return ok;
}

bool map_sync(const struct map *map)
{
    return msync(map->base, map->size, MS_SYNC) == 0;
}
