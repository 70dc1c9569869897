/* What the system is called: see system.h. */
#include "proc/system.h"

struct utsname system_names = {
    .sysname = "Quire",
    .nodename = "quire",
    .release = "6.12.0-quire", /* programs compare it with the Linux version that they need */
    .version = "#1",
    .machine = "riscv64",
    .domainname = "(none)",
};
