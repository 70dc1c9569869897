/* Users and groups, as whom a process acts. */
#include "syscall.h"

#include <unistd.h>

uid_t getuid(void)
{
    return (uid_t)SYSCALL0(SYS_getuid);
}

uid_t geteuid(void)
{
    return (uid_t)SYSCALL0(SYS_geteuid);
}

gid_t getgid(void)
{
    return (gid_t)SYSCALL0(SYS_getgid);
}

gid_t getegid(void)
{
    return (gid_t)SYSCALL0(SYS_getegid);
}

int setuid(uid_t uid)
{
    return (int)SYSCALL1(SYS_setuid, uid);
}

int setreuid(uid_t real, uid_t effective)
{
    return (int)SYSCALL2(SYS_setreuid, real, effective);
}

int setresuid(uid_t real, uid_t effective, uid_t saved)
{
    return (int)SYSCALL3(SYS_setresuid, real, effective, saved);
}

int seteuid(uid_t uid)
{
    return setresuid((uid_t)-1, uid, (uid_t)-1);
}

int getresuid(uid_t *real, uid_t *effective, uid_t *saved)
{
    return (int)SYSCALL3(SYS_getresuid, real, effective, saved);
}

int setgid(gid_t gid)
{
    return (int)SYSCALL1(SYS_setgid, gid);
}

int setregid(gid_t real, gid_t effective)
{
    return (int)SYSCALL2(SYS_setregid, real, effective);
}

int setresgid(gid_t real, gid_t effective, gid_t saved)
{
    return (int)SYSCALL3(SYS_setresgid, real, effective, saved);
}

int setegid(gid_t gid)
{
    return setresgid((gid_t)-1, gid, (gid_t)-1);
}

int getresgid(gid_t *real, gid_t *effective, gid_t *saved)
{
    return (int)SYSCALL3(SYS_getresgid, real, effective, saved);
}

int getgroups(int count, gid_t *groups)
{
    return (int)SYSCALL2(SYS_getgroups, count, groups);
}

int setgroups(size_t count, const gid_t *groups)
{
    return (int)SYSCALL2(SYS_setgroups, count, groups);
}
