# The tools that make, check and read disk images on the host: $(MKFS), $(FSCK), $(IMGCAT).
# Kernel headers are found by "quoted" names only, so that <sys/stat.h> stays the host's.

HOST_CFLAGS := -std=c11 -O2 -g -D_XOPEN_SOURCE=700 -D_FILE_OFFSET_BITS=64 -fno-strict-aliasing \
	-iquote . -iquote kernel $(WARN) -MMD -MP

MKFS := $(H)/mkfs

MKFS_OBJ := $(patsubst %,$(H)/obj/%.o,mkfs/mkfs mkfs/host mkfs/tree mkfs/image kernel/lib/crc32c)

$(H)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(HOSTCC) $(HOST_CFLAGS) -c -o $@ $<

$(MKFS): $(MKFS_OBJ)
	$(HOSTCC) -o $@ $^

-include $(MKFS_OBJ:.o=.d)
