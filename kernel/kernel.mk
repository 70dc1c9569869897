# The kernel. It is linked twice: the first image yields the function names for backtraces, which
# the second holds behind its constants, so that no code moves.

KSUBDIRS := arch lib sync dev mm fs proc sys debug
KSRC  := $(foreach d,$(KSUBDIRS),$(sort $(wildcard kernel/$(d)/*.c kernel/$(d)/*.S)))
KOBJ  := $(patsubst kernel/%,$(K)/%.o,$(KSRC)) $(K)/callnames.o
KERNEL := $(K)/quire

KARCH   := -march=rv64imac_zicsr_zifencei -mabi=lp64 -mcmodel=medany
KFLAGS  := $(KARCH) -std=gnu11 -O2 -g -ffreestanding -nostdinc \
	-isystem $(shell $(CC) -print-file-name=include) -Ikernel $(WARN) -Wno-shift-negative-value \
	-fno-omit-frame-pointer -fno-strict-aliasing -fno-common -fno-stack-protector -fno-pic \
	-fno-tree-loop-distribute-patterns -msmall-data-limit=0 -Wframe-larger-than=1024 \
	-fmacro-prefix-map=kernel/= -MMD -MP $(if $(DEBUG),-DQUIRE_DEBUG)
KLDFLAGS := -nostdlib -static -Wl,-T,kernel/kernel.ld -Wl,--build-id=none -Wl,-z,max-page-size=4096

$(K)/%.c.o: kernel/%.c
	@mkdir -p $(@D)
	$(SAY) CC $@
	$(Q)$(CC) $(KFLAGS) -c -o $@ $<

$(K)/%.S.o: kernel/%.S
	@mkdir -p $(@D)
	$(SAY) CC $@
	$(Q)$(CC) $(KARCH) -g -Ikernel -MMD -MP -c -o $@ $<

# The names of system calls and errors, from where they are defined.
CALLNAMES := $(addprefix kernel/,sys/table.h sys/table.c abi/syscall.h abi/errno.h)

$(K)/callnames.c: tools/callnames.awk $(CALLNAMES)
	@mkdir -p $(@D)
	awk -f tools/callnames.awk $(CALLNAMES) >$@

$(K)/callnames.o: $(K)/callnames.c
	$(SAY) CC $@
	$(Q)$(CC) $(KFLAGS) -c -o $@ $<

$(K)/symbols%.o: $(K)/symbols%.S
	$(SAY) CC $@
	$(Q)$(CC) $(KARCH) -c -o $@ $<

$(K)/symbols0.S: tools/symbols.awk
	@mkdir -p $(@D)
	awk -f tools/symbols.awk </dev/null >$@

$(K)/symbols1.S: $(K)/quire.first tools/symbols.awk
	$(CROSS)nm -n $< | awk -f tools/symbols.awk >$@

$(K)/quire.first: $(KOBJ) $(K)/symbols0.o kernel/kernel.ld
	$(CC) $(KARCH) $(KLDFLAGS) -o $@ $(KOBJ) $(K)/symbols0.o

$(KERNEL): $(KOBJ) $(K)/symbols1.o kernel/kernel.ld
	$(CC) $(KARCH) $(KLDFLAGS) -o $@ $(KOBJ) $(K)/symbols1.o

kernel: $(KERNEL) ## build the kernel alone
.PHONY: kernel

-include $(patsubst kernel/%,$(K)/%.d,$(KSRC)) $(K)/callnames.d
