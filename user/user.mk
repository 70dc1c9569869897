# User land: the C library and one program per source file under bin, tests, demos and bench.

UFLAGS := -march=rv64gc -mabi=lp64d -mcmodel=medany -std=gnu11 -O2 -g -fno-stack-protector \
	-ffunction-sections -fdata-sections -nostdinc \
	-isystem $(shell $(CC) -print-file-name=include) -Iuser/include -Ikernel $(WARN) -MMD -MP
ULDFLAGS := -nostdlib -static -Wl,--gc-sections -Wl,-z,max-page-size=4096 -Wl,-z,separate-code \
	-Wl,--build-id=none

ULIB_SRC := $(wildcard user/lib/*.c user/lib/*.S)
ULIB_OBJ := $(patsubst user/%,$(U)/%.o,$(filter-out user/lib/crt0.S,$(ULIB_SRC)))
UPROG_SRC := $(wildcard user/bin/*.c user/tests/*.c user/demos/*.c user/bench/*.c)
UPROGS := $(foreach s,$(UPROG_SRC),$(U)/root/bin/$(basename $(notdir $(s))))

$(U)/%.c.o: user/%.c
	@mkdir -p $(@D)
	$(CC) $(UFLAGS) -c -o $@ $<

$(U)/%.S.o: user/%.S
	@mkdir -p $(@D)
	$(CC) $(UFLAGS) -c -o $@ $<

$(U)/libc.a: $(ULIB_OBJ)
	@rm -f $@
	$(CROSS)ar rcs $@ $^

define UPROG_RULE
$(U)/root/bin/$(basename $(notdir $(1))): $(patsubst user/%,$(U)/%.o,$(1)) $(U)/lib/crt0.S.o $(U)/libc.a
	@mkdir -p $$(@D)
	$(CC) $(ULDFLAGS) -o $$@.debug $(U)/lib/crt0.S.o $$< $(U)/libc.a -lgcc
	$(CROSS)strip -o $$@ $$@.debug
	@mkdir -p $(U)/debug && mv $$@.debug $(U)/debug/
endef
$(foreach s,$(UPROG_SRC),$(eval $(call UPROG_RULE,$(s))))

user: $(UPROGS) ## build the C library and the user programs

-include $(ULIB_OBJ:.o=.d) $(patsubst user/%,$(U)/%.d,$(patsubst %.c,%.c,$(UPROG_SRC:.c=.c)))
.PHONY: user
.SECONDARY:
