# `make check`: the gates that need no machine. Each leaves what it said in $(O)/check/NAME.log, can
# be run alone as `make check-NAME`, and prints one line, or, if it fails, what it found.

CLANG        ?= clang
CLANG_FORMAT ?= clang-format
JOBS         ?= $(shell getconf _NPROCESSORS_ONLN)

GATES := build-kernel build-debug build-user build-host clang-kernel clang-user clang-host \
	format sparse tidy tidy-test scripts

check: ## build all with warnings as errors, and hold the sources to the rules
	@$(MAKE) --no-print-directory -k -Otarget \
		$(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(JOBS)) $(GATES:%=check-%) && \
		echo "all $(words $(GATES)) gates passed"

# $(1): the gate's name; $(2): its command
run_gate = mkdir -p $(O)/check; \
	if ( $(2) ) >$(O)/check/$(1).log 2>&1; then echo "  ok      $(1)"; \
	else head -n 60 $(O)/check/$(1).log; \
	echo "  FAILED  $(1): try \`make check-$(1)\` again"; exit 1; fi
gate = @$(run_gate)

# The same, left out if a program, $(3), is not there.
gate_if = @if command -v $(3) >/dev/null; then $(run_gate); \
	else echo "  -       $(1): there is no $(3)"; fi

# A program that the gate cannot do without.
needs = command -v $(1) >/dev/null || { echo "there is no $(1): sudo tools/setup --dev"; exit 1; };

C_FILES     = $(sort $(shell find kernel user mkfs tests -name '*.[ch]'))
SH_FILES    = $(shell grep -sl '^\#!/bin/sh' tools/* .ci/* tests/*/run)

# What gcc knows and clang does not; and clang's own <stdint.h> and friends.
NOT_CLANGS  = -march=% -fno-tree-loop-distribute-patterns -fno-analyzer -isystem -MMD -MP \
	$(shell $(CC) -print-file-name=include)
CLANG_RISCV = $(CLANG) --target=riscv64 -fsyntax-only \
	-isystem $(shell $(CLANG) -print-resource-dir)/include
CLANG_LOCKS = -Wthread-safety -Wthread-safety-beta

# --- With gcc, as always ---

check-build-kernel:
	$(call gate,build-kernel,$(MAKE) kernel)

check-build-debug:
	$(call gate,build-debug,$(MAKE) DEBUG=1 kernel)

check-build-user:
	$(call gate,build-user,$(MAKE) user $(XV6_LIB))

check-build-host:
	$(call gate,build-host,$(MAKE) $(MKFS) $(FSCK) $(IMGCAT))

# --- With clang ---

check-clang-kernel:
	$(call gate,clang-kernel,$(call needs,$(CLANG)) $(CLANG_RISCV) -march=rv64imac \
		$(filter-out $(NOT_CLANGS),$(KFLAGS)) $(CLANG_LOCKS) $(filter %.c,$(KSRC)))

check-clang-user:
	$(call gate,clang-user,$(call needs,$(CLANG)) $(CLANG_RISCV) -march=rv64gc \
		$(filter-out $(NOT_CLANGS),$(UFLAGS)) -Iuser/bin \
		$(filter-out user/xv6/%,$(filter user/%.c,$(C_FILES))) && \
		$(CLANG_RISCV) -march=rv64gc -fno-builtin $(filter-out $(NOT_CLANGS),$(UFLAGS)) \
		$(XV6_LIB_SRC))

check-clang-host:
	$(call gate,clang-host,$(call needs,$(CLANG)) \
		$(CLANG) -fsyntax-only $(filter-out -MMD -MP,$(HOST_CFLAGS)) \
		$(filter mkfs/%.c tests/mkfs/%.c,$(C_FILES)))

# --- Without a compiler ---

check-format:
	$(call gate,format,$(call needs,$(CLANG_FORMAT)) $(CLANG_FORMAT) --dry-run --Werror $(C_FILES))

check-sparse:
	$(call gate_if,sparse,for f in $(filter %.c,$(KSRC)); do sparse -Wsparse-error --arch=riscv64 \
		$(filter-out -march=% -mabi=% -mcmodel=% -msmall% -W% -MMD -MP,$(KFLAGS)) $$f || exit; \
		done,sparse)

# --- The rules of tools/tidy ---

check-tidy:
	$(call gate,tidy,\
		KERNEL_CC='$(CC) $(filter-out -MMD -MP,$(KFLAGS))' \
		USER_CC='$(CC) $(filter-out -MMD -MP,$(UFLAGS))' \
		MKFS_CC='$(HOSTCC) $(filter-out -MMD -MP,$(HOST_CFLAGS))' \
		UNIT_CC='$(HOSTCC) $(filter-out -MMD -MP,$(HOST_UNIT_CFLAGS))' tools/tidy)

check-tidy-test:
	$(call gate,tidy-test,tests/tidy/run)

check-scripts:
	$(call gate_if,scripts,shellcheck -x -S warning $(SH_FILES),shellcheck)

.PHONY: check $(GATES:%=check-%)
