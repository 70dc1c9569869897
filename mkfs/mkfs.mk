# The tools that make, check and read disk images on the host: $(MKFS), $(FSCK), $(IMGCAT).
# Kernel headers are found by "quoted" names only, so that <sys/stat.h> stays the host's.

HOST_CFLAGS := -std=c11 -g -D_XOPEN_SOURCE=700 -D_FILE_OFFSET_BITS=64 -fno-strict-aliasing \
	-iquote . -iquote kernel $(WARN) -MMD -MP
SAN_CFLAGS  := -fsanitize=address,undefined -fno-sanitize-recover=all

MKFS   := $(H)/mkfs
FSCK   := $(H)/fsck
IMGCAT := $(H)/imgcat

# What host tests link to make an image in memory, to check it and to read it.
IMAGE_SRC := mkfs/make mkfs/image mkfs/tree kernel/lib/crc32c
CHECK_SRC := mkfs/check mkfs/check_super mkfs/journal mkfs/check_inodes mkfs/check_dirs \
	mkfs/name_set mkfs/check_links mkfs/check_bitmaps kernel/lib/crc32c
READ_SRC  := mkfs/read

SRC_mkfs   := mkfs/mkfs mkfs/host $(IMAGE_SRC)
SRC_fsck   := mkfs/fsck mkfs/map $(CHECK_SRC)
SRC_imgcat := mkfs/imgcat mkfs/map $(READ_SRC) $(CHECK_SRC)

# The tests, and the tools once more, with sanitizers.
LAB_SRC          := tests/mkfs/lab $(READ_SRC) $(sort $(IMAGE_SRC) $(CHECK_SRC))
SRC_mkfs-corrupt := tests/mkfs/corrupt tests/mkfs/damage_areas tests/mkfs/damage_inodes \
	tests/mkfs/damage_dirs $(LAB_SRC)
SRC_mkfs-replay  := tests/mkfs/replay $(LAB_SRC)
SRC_mkfs-fuzz    := tests/mkfs/fuzz $(LAB_SRC)
SRC_mkfs-make    := tests/mkfs/make $(LAB_SRC)
SRC_mkfs-crc32c  := tests/mkfs/crc32c kernel/lib/crc32c
MKFS_TOOLS := mkfs fsck imgcat
MKFS_TESTS := mkfs-make mkfs-corrupt mkfs-replay mkfs-fuzz mkfs-crc32c

$(H)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(SAY) CC $@
	$(Q)$(HOSTCC) $(HOST_CFLAGS) -O2 -c -o $@ $<

$(H)/san/obj/%.o: %.c
	@mkdir -p $(@D)
	$(SAY) CC $@
	$(Q)$(HOSTCC) $(HOST_CFLAGS) $(SAN_CFLAGS) -O1 -c -o $@ $<

define HOST_PROGRAM
$(1): $(patsubst %,$(dir $(1))obj/%.o,$(SRC_$(notdir $(1))))
	$$(HOSTCC) $(2) -o $$@ $$^
-include $(patsubst %,$(dir $(1))obj/%.d,$(SRC_$(notdir $(1))))
endef
$(foreach t,$(MKFS_TOOLS),$(eval $(call HOST_PROGRAM,$(H)/$(t),)))
$(foreach t,$(MKFS_TOOLS) $(MKFS_TESTS),$(eval $(call HOST_PROGRAM,$(H)/san/$(t),$(SAN_CFLAGS))))

mkfs-test: $(patsubst %,$(H)/san/%,$(MKFS_TOOLS) $(MKFS_TESTS)) ## test mkfs, fsck and imgcat
	tests/mkfs/run $(H)/san

.PHONY: mkfs-test
