# Unit tests of kernel modules on the host, with sanitizers and the checks of debug builds. What
# only a RISC-V machine has comes from stand/, whose headers are found before the kernel's.

HOST_UNIT_CFLAGS := -std=gnu11 -g -O1 -D_XOPEN_SOURCE=700 -DQUIRE_DEBUG -fno-strict-aliasing \
	-fno-common -fno-omit-frame-pointer -iquote tests/host/stand -iquote . -iquote kernel \
	$(WARN) -Wno-shift-negative-value $(SAN_CFLAGS) -MMD -MP
HOST_UNIT := $(H)/unit

# Names that the host's C library has too.
HOST_STRING_NAMES := memcpy memmove memset memcmp memchr strlen strnlen strcmp strncmp strchr strstr

SRC_host-list   := tests/host/list
SRC_host-tree   := tests/host/tree kernel/lib/tree
SRC_host-radix  := tests/host/radix kernel/lib/radix
SRC_host-print  := tests/host/print kernel/lib/print
SRC_host-string := tests/host/string kernel/lib/string
SRC_host-fdt    := tests/host/fdt tests/host/fdt_maker kernel/lib/fdt
SRC_host-elf    := tests/host/elf kernel/lib/elf
SRC_host-small  := tests/host/small kernel/lib/random kernel/lib/crc32c

HOST_STAND := tests/host/stand kernel/lib/print kernel/lib/string kernel/sync/lockrank \
	kernel/mm/page kernel/mm/pagedata
SRC_host-page   := tests/host/page $(HOST_STAND)
SRC_host-slab   := tests/host/slab kernel/mm/slab $(HOST_STAND)

HOST_OBJECTS := tests/host/backing $(HOST_STAND) $(addprefix kernel/mm/,slab object writeback \
	reclaim) kernel/lib/radix kernel/sync/mutex kernel/sync/waitq
SRC_host-space  := tests/host/space tests/host/user $(HOST_OBJECTS) kernel/lib/tree \
	$(addprefix kernel/mm/,mm mmap advise vma fault pagetable rmap)
SRC_host-object := tests/host/object $(HOST_OBJECTS)

HOST_FS := tests/host/fslab tests/host/fsimage tests/host/fsmodel tests/host/ramdisk \
	$(filter-out tests/host/backing,$(HOST_OBJECTS)) kernel/mm/usercopy \
	$(addprefix kernel/fs/,disk journal recovery bitmap blockmap inode data dir path namespace \
	mount) $(sort $(IMAGE_SRC) $(CHECK_SRC) $(READ_SRC))
SRC_host-fs     := tests/host/fs $(HOST_FS)
SRC_host-crash  := tests/host/crash $(HOST_FS)
HOST_TESTS := host-list host-tree host-radix host-print host-string host-fdt host-elf host-small \
	host-page host-slab host-object host-space host-fs host-crash

$(HOST_UNIT)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(SAY) CC $@
	$(Q)$(HOSTCC) $(HOST_UNIT_CFLAGS) -c -o $@ $<

$(HOST_UNIT)/obj/kernel/lib/string.o: \
	HOST_UNIT_CFLAGS += -fno-builtin $(foreach n,$(HOST_STRING_NAMES),-D$(n)=kernel_$(n))

# It would spin where a test has to fail.
$(HOST_UNIT)/obj/kernel/sync/lockrank.o: \
	HOST_UNIT_CFLAGS += -Dspinlock_wait=kernel_spinlock_wait

define HOST_UNIT_PROGRAM
$(HOST_UNIT)/$(1): $(patsubst %,$(HOST_UNIT)/obj/%.o,tests/host/test $(SRC_$(1)))
	$$(HOSTCC) $(SAN_CFLAGS) -o $$@ $$^
-include $(patsubst %,$(HOST_UNIT)/obj/%.d,tests/host/test $(SRC_$(1)))
endef
$(foreach t,$(HOST_TESTS),$(eval $(call HOST_UNIT_PROGRAM,$(t))))

test-host: $(patsubst %,$(HOST_UNIT)/%,$(HOST_TESTS)) ## test kernel modules on the host
	tests/host/run $^

.PHONY: test-host
