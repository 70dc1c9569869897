# The tools that make, check and read disk images on the host: $(MKFS), $(FSCK), $(IMGCAT).
# Kernel headers are found by "quoted" names only, so that <sys/stat.h> stays the host's.

HOST_CFLAGS := -std=c11 -O2 -g -D_XOPEN_SOURCE=700 -D_FILE_OFFSET_BITS=64 -fno-strict-aliasing \
	-iquote . -iquote kernel $(WARN) -MMD -MP

MKFS   := $(H)/mkfs
FSCK   := $(H)/fsck
IMGCAT := $(H)/imgcat

# What host tests link to make an image in memory, and to check one.
IMAGE_OBJ := $(patsubst %,$(H)/obj/%.o,mkfs/make mkfs/image mkfs/tree kernel/lib/crc32c)
CHECK_OBJ := $(patsubst %,$(H)/obj/%.o,mkfs/check mkfs/check_super mkfs/journal \
	mkfs/check_inodes mkfs/check_dirs mkfs/name_set mkfs/check_links mkfs/check_bitmaps \
	kernel/lib/crc32c)

MKFS_OBJ   := $(patsubst %,$(H)/obj/mkfs/%.o,mkfs host) $(IMAGE_OBJ)
FSCK_OBJ   := $(patsubst %,$(H)/obj/mkfs/%.o,fsck map) $(CHECK_OBJ)
IMGCAT_OBJ := $(patsubst %,$(H)/obj/mkfs/%.o,imgcat map read) $(CHECK_OBJ)

$(H)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(HOSTCC) $(HOST_CFLAGS) -c -o $@ $<

$(MKFS): $(MKFS_OBJ)
$(FSCK): $(FSCK_OBJ)
$(IMGCAT): $(IMGCAT_OBJ)

$(MKFS) $(FSCK) $(IMGCAT):
	$(HOSTCC) -o $@ $^

-include $(sort $(patsubst %.o,%.d,$(MKFS_OBJ) $(FSCK_OBJ) $(IMGCAT_OBJ)))
