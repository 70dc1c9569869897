# User land: the C library, and programs. A program is a source file under bin, tests, demos or
# bench, or a folder there with all its sources, main.c among them. What several programs share is
# in bin/common. Everything that belongs on the disk is gathered in $(UROOT): the programs in bin,
# and the files of user/root as they are.

UROOT := $(U)/root

UFLAGS := -march=rv64gc -mabi=lp64d -mcmodel=medany -std=gnu11 -O2 -g -fno-stack-protector \
	-ffunction-sections -fdata-sections -nostdinc \
	-isystem $(shell $(CC) -print-file-name=include) -Iuser/include -Ikernel $(WARN) -MMD -MP
ULDFLAGS := -nostdlib -static -Wl,--gc-sections -Wl,-z,max-page-size=4096 -Wl,--build-id=none

# Without these the compiler would turn the loop inside memset into a call of memset.
ULIB_FLAGS := -ffreestanding -fno-tree-loop-distribute-patterns

UCRT := $(U)/lib/crt0.S.o
ULIB := $(U)/libc.a
UCOMMON := $(U)/common.a
UCOMMON_OBJ := $(patsubst user/%,$(U)/%.o,$(wildcard user/bin/common/*.c))
ULIB_OBJ := $(patsubst user/%,$(U)/%.o,$(filter-out %/crt0.S,$(wildcard user/lib/*.[cS])))

UGROUPS := bin tests demos bench
UPROG_SRC := $(foreach g,$(UGROUPS),$(wildcard user/$(g)/*.c) \
	$(patsubst %/,%,$(dir $(wildcard user/$(g)/*/main.c))))
UPROGS := $(foreach s,$(UPROG_SRC),$(UROOT)/bin/$(basename $(notdir $(s))))
UPROG_OBJ :=

UFILES := $(patsubst user/root/%,$(UROOT)/%,$(shell find user/root -type f 2>/dev/null))

$(U)/lib/%.o: UFLAGS += $(ULIB_FLAGS)

$(U)/%.c.o: user/%.c
	@mkdir -p $(@D)
	$(SAY) CC $@
	$(Q)$(CC) $(UFLAGS) -c -o $@ $<

$(U)/%.S.o: user/%.S
	@mkdir -p $(@D)
	$(SAY) CC $@
	$(Q)$(CC) $(UFLAGS) -c -o $@ $<

$(ULIB): $(ULIB_OBJ)
$(UCOMMON): $(UCOMMON_OBJ)

$(ULIB) $(UCOMMON):
	@rm -f $@
	$(CROSS)ar rcs $@ $^

# $(1): the program's name; $(2): its objects
define UPROG_RULE
UPROG_OBJ += $(2)
$(UROOT)/bin/$(1): $(2) $(UCRT) $(UCOMMON) $(ULIB)
	@mkdir -p $$(@D) $(U)/debug
	$(CC) $(ULDFLAGS) -o $(U)/debug/$(1) $(UCRT) $(2) $(UCOMMON) $(ULIB) -lgcc
	$(CROSS)strip -o $$@ $(U)/debug/$(1)
endef
uprog_name = $(basename $(notdir $(1)))
uprog_objects = $(patsubst user/%,$(U)/%.o,$(if $(filter %.c,$(1)),$(1),$(wildcard $(1)/*.c)))
$(foreach s,$(UPROG_SRC),\
	$(eval $(call UPROG_RULE,$(call uprog_name,$(s)),$(call uprog_objects,$(s)))))

$(UFILES): $(UROOT)/%: user/root/%
	@mkdir -p $(@D)
	cp -p $< $@

# Programs whose source is gone go too: all of bin is put on the disk.
user: $(UPROGS) $(UFILES) ## build the C library and the user programs
	@rm -f $(filter-out $(UPROGS),$(wildcard $(UROOT)/bin/*))

test-user: user ## test the C library and the user programs under qemu-riscv64
	tests/user/run $(U)

-include $(ULIB_OBJ:.o=.d) $(UCRT:.o=.d) $(UCOMMON_OBJ:.o=.d) $(UPROG_OBJ:.o=.d)
.PHONY: user test-user
.SECONDARY:
