/* The machine: see machine.h. */
#include "dev/machine.h"

#include "arch/boot.h"
#include "arch/csr.h"
#include "arch/sbi.h"
#include "dev/mmio.h"
#include "lib/fdt.h"
#include "lib/string.h"
#include "lib/util.h"

#define DEVICE_TREE_LIMIT MIB(2)
#define IRQ_S_EXTERNAL    9 /* the interrupt of a hart that a PLIC context for S-mode raises */

/* sifive_test: a store of one of these ends QEMU, the status in the upper half. */
#define EXIT_DEVICE_DEFAULT 0x100000 /* where QEMU's virt machine has it */
#define EXIT_FAIL           0x3333
#define EXIT_PASS           0x5555

struct machine machine;

/* A walk's memory: which hart the node that was visited last belongs to. */
struct reader {
    int hart; /* -1: not below a cpu node */
    uint32_t phandle[MAX_HARTS];
    unsigned sstc_harts;
};

/* Whether the ISA string has a multi-letter extension; they follow underscores. */
static bool isa_has(const char *isa, const char *extension)
{
    size_t n = strlen(extension);
    for (const char *at = isa; at != NULL; at = strchr(at, '_')) {
        if (*at == '_')
            at++;
        if (strncmp(at, extension, n) == 0 && (at[n] == '_' || at[n] == '\0'))
            return true;
    }
    return false;
}

static void read_cpu(const struct fdt_node *node, struct reader *r)
{
    uint64_t id, size;
    const char *status = fdt_string(node, "status");
    const char *isa = fdt_string(node, "riscv,isa");
    r->hart = -1;
    if (!fdt_reg(node, 0, &id, &size) || id >= MAX_HARTS)
        return;
    if (status != NULL && strcmp(status, "okay") != 0)
        return;
    r->hart = (int)id;
    machine.harts |= 1UL << id;
    if (isa != NULL && isa_has(isa, "sstc"))
        r->sstc_harts |= 1u << id;
}

static void read_chosen(const struct fdt_node *node)
{
    uint32_t length;
    const char *args = fdt_string(node, "bootargs");
    if (args != NULL)
        strlcpy(machine.bootargs, args, sizeof(machine.bootargs));
    const void *seed = fdt_property(node, "rng-seed", &length);
    if (seed != NULL && length >= sizeof(machine.seed))
        memcpy(&machine.seed, seed, sizeof(machine.seed));
}

static void read_virtio(const struct fdt_node *node, uint64_t base)
{
    unsigned i = machine.nvirtio;
    uint32_t irq;
    if (i == MAX_VIRTIO || !fdt_cell(node, "interrupts", 0, &irq))
        return;
    for (; i > 0 && machine.virtio[i - 1].base > base; i--)
        machine.virtio[i] = machine.virtio[i - 1];
    machine.virtio[i].base = base;
    machine.virtio[i].irq = irq;
    machine.nvirtio++;
}

static void read_device(const struct fdt_node *node)
{
    uint64_t base, size;
    if (!fdt_reg(node, 0, &base, &size))
        return;
    if (fdt_is_compatible(node, "ns16550a") && machine.uart == 0) {
        machine.uart = base;
        fdt_cell(node, "interrupts", 0, &machine.uart_irq);
    } else if (fdt_is_compatible(node, "virtio,mmio")) {
        read_virtio(node, base);
    } else if (fdt_is_compatible(node, "sifive,test0") || fdt_is_compatible(node, "sifive,test1")) {
        machine.exit_device = base;
    } else if (fdt_is_compatible(node, "google,goldfish-rtc")) {
        machine.rtc = base;
    } else if (fdt_is_compatible(node, "sifive,plic-1.0.0") ||
               fdt_is_compatible(node, "riscv,plic0")) {
        machine.plic = base;
    }
}

static void read_reserved(const struct fdt_node *node)
{
    struct extent *e = &machine.reserved[machine.nreserved];
    if (machine.nreserved < MAX_RESERVED && fdt_reg(node, 0, &e->start, &e->size))
        machine.nreserved++;
}

static bool is_named(const struct fdt_node *node, const char *prefix)
{
    return strncmp(node->name, prefix, strlen(prefix)) == 0;
}

static void visit(const struct fdt_node *node, void *arg)
{
    struct reader *r = arg;
    const char *type = fdt_string(node, "device_type");
    uint32_t value;
    if (node->depth <= 2)
        r->hart = -1;
    if (node->depth == 1 && is_named(node, "cpus") &&
        fdt_cell(node, "timebase-frequency", 0, &value))
        machine.timebase = value;
    if (node->depth == 1 && is_named(node, "chosen"))
        read_chosen(node);
    else if (type != NULL && strcmp(type, "memory") == 0 && machine.memory.size == 0)
        fdt_reg(node, 0, &machine.memory.start, &machine.memory.size);
    else if (type != NULL && strcmp(type, "cpu") == 0)
        read_cpu(node, r);
    else if (r->hart >= 0 && fdt_is_compatible(node, "riscv,cpu-intc"))
        fdt_cell(node, "phandle", 0, &r->phandle[r->hart]);
    else if (node->depth == 2 && is_named(node, "mmode_resv"))
        read_reserved(node);
    else
        read_device(node);
}

/* The second walk, when the harts' interrupt controllers are known: which context is whose. */
static void visit_plic(const struct fdt_node *node, void *arg)
{
    const struct reader *r = arg;
    uint32_t phandle, irq;
    uint64_t base, size;
    if (!fdt_reg(node, 0, &base, &size) || base != machine.plic || machine.plic == 0)
        return;
    for (unsigned context = 0; fdt_cell(node, "interrupts-extended", 2 * context, &phandle) &&
                               fdt_cell(node, "interrupts-extended", 2 * context + 1, &irq);
         context++)
        for (unsigned hart = 0; hart < MAX_HARTS; hart++)
            if ((machine.harts >> hart & 1) && irq == IRQ_S_EXTERNAL && r->phandle[hart] == phandle)
                machine.plic_context[hart] = context;
}

const char *machine_read(const void *device_tree)
{
    struct fdt fdt;
    struct reader reader = {.hart = -1};
    if (device_tree == NULL || fdt_open(&fdt, device_tree, DEVICE_TREE_LIMIT) != 0)
        return "there is no readable device tree";
    if (fdt_walk(&fdt, visit, &reader) != 0 || fdt_walk(&fdt, visit_plic, &reader) != 0)
        return "the device tree is damaged";
    machine.has_sstc = machine.harts != 0 && reader.sstc_harts == machine.harts;
    if (machine.memory.size == 0)
        return "the device tree names no memory";
    if (machine.timebase == 0)
        return "the device tree does not say how fast the clock runs";
    if (machine.uart == 0 || machine.plic == 0)
        return "the device tree names no UART or no interrupt controller";
    if (machine.seed == 0)
        machine.seed = csr_read(time);
    return NULL;
}

bool machine_bootarg(const char *name, char *value, unsigned size)
{
    size_t n = strlen(name);
    const char *at = machine.bootargs;
    while (*at != '\0') {
        size_t length = 0;
        while (at[length] != '\0' && at[length] != ' ')
            length++;
        if (length == 2 && strncmp(at, "--", 2) == 0)
            return false;
        if (length > n && strncmp(at, name, n) == 0 && at[n] == '=') {
            strlcpy(value, at + n + 1, min_u64(size, length - n));
            return true;
        }
        at += length;
        while (*at == ' ')
            at++;
    }
    return false;
}

const char *machine_init_command(void)
{
    const char *args = machine.bootargs;
    if (strncmp(args, "-- ", 3) == 0)
        return args + 3;
    const char *dashes = strstr(args, " -- ");
    return dashes == NULL ? "" : dashes + 4;
}

void machine_exit(unsigned status)
{
    uint64_t device = machine.exit_device != 0 ? machine.exit_device : EXIT_DEVICE_DEFAULT;
    mmio_write32(device, status == 0 ? EXIT_PASS : (status & 0xff) << 16 | EXIT_FAIL);
    sbi_shutdown();
}
