# Programs written for xv6: `make run XV6="dir/a.c dir/b.c" CMD=a`. Each .c file is a program, with
# all .S files that are named beside them. They are compiled against the headers here, and what they
# include beyond these is looked for in the folder above their own. Their image has them in its root
# folder, because they look for each other there; README tells the rest.

XV6_LIB_SRC := $(wildcard user/xv6/lib/*.c)
XV6_LIB     := $(U)/xv6/xv6.o

# One object, whose names give way to a program's own.
$(XV6_LIB): $(patsubst user/%,$(U)/%.o,$(XV6_LIB_SRC)) $(U)/lib/heap.c.o
	$(CC) -r -nostdlib -march=rv64gc -mabi=lp64d -o $@.strong $^ -lgcc
	$(CROSS)objcopy --weaken $@.strong $@

$(U)/xv6/%.o: UFLAGS += $(ULIB_FLAGS) -fno-builtin

-include $(patsubst user/%.c,$(U)/%.c.d,$(XV6_LIB_SRC))

ifneq ($(XV6),)

# Other programs, another folder and another image.
XV6_DIR   := $(O)/xv6/$(shell printf '%s' '$(XV6)' | cksum | cut -d ' ' -f 1)
XV6_ROOT  := $(XV6_DIR)/root
XV6_IMAGE := $(XV6_DIR)/disk-$(DISK).img

XV6_FLAGS := -march=rv64gc -mabi=lp64d -mcmodel=medany -std=gnu17 -O -g -fno-omit-frame-pointer \
	-fno-common -fno-builtin -fno-stack-protector -ffunction-sections -fdata-sections -nostdinc \
	-isystem $(shell $(CC) -print-file-name=include) -Iuser/xv6 -Wall -Wno-main -MMD -MP

# Quire's programs that xv6 has too.
XV6_NEIGHBOURS := cat echo grep init kill ln ls mkdir rm sh wc

xv6_name   = $(basename $(notdir $(1)))
XV6_C     := $(filter %.c,$(XV6))
XV6_ASM   := $(foreach s,$(filter %.S,$(XV6)),$(XV6_DIR)/obj/$(call xv6_name,$(s)).S.o)
XV6_PROGS := $(foreach s,$(XV6_C),$(XV6_ROOT)/$(call xv6_name,$(s)))
XV6_OTHER := $(filter-out $(XV6_PROGS),$(XV6_NEIGHBOURS:%=$(XV6_ROOT)/%)) $(XV6_ROOT)/README
XV6_FILES := $(XV6_PROGS) $(XV6_OTHER)

ifneq ($(words $(sort $(XV6_C) $(filter %.S,$(XV6)))),$(words $(sort $(XV6))))
$(error XV6 takes .c and .S files, not: $(filter-out %.c %.S,$(XV6)))
endif
ifneq ($(words $(XV6_C)),$(words $(sort $(XV6_PROGS))))
$(error two programs of XV6 have the same name: $(XV6_C))
endif

# $(1): a source; $(2): mmap or munmap. A program that declares it has its own idea of the types.
xv6_paren := (
xv6_own = $(if $(shell grep -lE '^(extern +)?(void|char|int)[ *]+$(2) *[$(xv6_paren)]' $(1)),$(3))
xv6_own_flags = $(call xv6_own,$(1),mmap,-DXV6_OWN_MMAP) \
	$(call xv6_own,$(1),munmap,-DXV6_OWN_MUNMAP)

# $(1): the source; $(2): its object
define XV6_OBJECT_RULE
$(2): $(1)
	@mkdir -p $$(@D)
	$$(SAY) CC $$@
	$$(Q)$$(CC) $$(XV6_FLAGS) $(call xv6_own_flags,$(1)) -idirafter $(dir $(1)).. -c -o $$@ $$<
endef
xv6_object = $(XV6_DIR)/obj/$(call xv6_name,$(1))$(suffix $(1)).o
$(foreach s,$(XV6),$(eval $(call XV6_OBJECT_RULE,$(s),$(call xv6_object,$(s)))))

$(XV6_PROGS): $(XV6_ROOT)/%: $(XV6_DIR)/obj/%.c.o $(XV6_ASM) $(UCRT) $(XV6_LIB) user/xv6/xv6.ld
	@mkdir -p $(@D) $(XV6_DIR)/debug
	$(CC) $(ULDFLAGS) -Wl,-T,user/xv6/xv6.ld -o $(XV6_DIR)/debug/$* $(UCRT) $< $(XV6_ASM) \
		$(XV6_LIB) -lgcc
	$(CROSS)strip -o $@ $(XV6_DIR)/debug/$*

$(XV6_ROOT)/README: user/xv6/root/README
$(filter-out %/README,$(XV6_OTHER)): $(XV6_ROOT)/%: $(UROOT)/bin/%
$(XV6_OTHER):
	@mkdir -p $(@D)
	cp -p $< $@

# Before a command: its programs are found before Quire's own and, if one is the first word,
# before what the shell has built in.
XV6_BUILTIN := $(filter echo false pwd read test true wait,$(notdir $(XV6_PROGS)))
XV6_PREFIX  := PATH=/:/bin; $(if $(filter $(XV6_BUILTIN),$(firstword $(value CMD))),/)

-include $(wildcard $(XV6_DIR)/obj/*.d)

endif
