/* The interrupt controller: see intc.h. */
#include "dev/intc.h"

#include "arch/thread.h"
#include "dev/machine.h"
#include "dev/mmio.h"
#include "lib/assert.h"
#include "lib/util.h"

#define MAX_IRQ 64

/* Memory map (specification, chapter 3). */
#define PRIORITY(irq)      (machine.plic + 4 * (irq))
#define ENABLE(context)    (machine.plic + 0x2000 + 0x80 * (context)) /* a bit for each source */
#define THRESHOLD(context) (machine.plic + 0x200000 + 0x1000 * (context))
#define CLAIM(context)     (machine.plic + 0x200004 + 0x1000 * (context))

static struct {
    void (*handler)(void *arg);
    void *arg;
} sources[MAX_IRQ]; /* [const] after boot */

static uint32_t my_context(void)
{
    return machine.plic_context[hart_self()];
}

void intc_connect(uint32_t irq, void (*handler)(void *arg), void *arg)
{
    KASSERT(irq > 0 && irq < MAX_IRQ && sources[irq].handler == NULL, "irq %u", irq);
    sources[irq].handler = handler;
    sources[irq].arg = arg;
    mmio_write32(PRIORITY(irq), 1);
}

void intc_init_hart(void)
{
    uint32_t enable[MAX_IRQ / 32] = {0};
    for (uint32_t irq = 1; irq < MAX_IRQ; irq++)
        if (sources[irq].handler != NULL)
            enable[irq / 32] |= 1u << irq % 32;
    for (unsigned i = 0; i < ARRAY_SIZE(enable); i++)
        mmio_write32(ENABLE(my_context()) + 4 * i, enable[i]);
    mmio_write32(THRESHOLD(my_context()), 0);
}

void intc_dispatch(void)
{
    uint32_t irq;
    while ((irq = mmio_read32(CLAIM(my_context()))) != 0) {
        if (irq < MAX_IRQ && sources[irq].handler != NULL)
            sources[irq].handler(sources[irq].arg);
        mmio_write32(CLAIM(my_context()), irq);
    }
}
