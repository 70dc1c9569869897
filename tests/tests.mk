# The tests. Each kind ends with a line `NAME: N passed, N failed`; `make test` adds them up.

include tests/host/host.mk
include tests/fuzz/fuzz.mk

QUIRE_TEST := tests/quire/run $(KERNEL) $(O)

# PARTS="boot crash" runs only these; CPUS_LIST="1 2 8" and ICOUNT=9 choose the machines.
test-quire: all $(MKFS) $(FSCK) $(IMGCAT) ## test the kernel in QEMU
	CPUS_LIST="$(CPUS_LIST)" ICOUNT="$(ICOUNT)" $(QUIRE_TEST) $(PARTS)

# The programs once more, on a kernel that checks the order of locks and poisons freed memory.
test-debug: all $(MKFS) $(FSCK) $(IMGCAT) ## test the programs on a kernel built with DEBUG=1
	@$(MAKE) --no-print-directory DEBUG=1 kernel
	CPUS_LIST=4 tests/quire/run $(O)/kernel-debug/quire $(O) programs

test-xv6: all ## test what programs written for xv6 are given: headers, calls, an image
	@MAKE="$(MAKE)" tests/xv6/run $(O)

linux-test: all ## test programs made for Linux: static ones, with glibc
	@MAKE="$(MAKE)" CPUS="$(CPUS)" tests/linux/run $(O)

TEST_KINDS := test-host mkfs-test test-user test-quire test-debug test-xv6 linux-test test-fuzz

test: all ## run all tests
	@MAKE="$(MAKE)" tests/run $(TEST_KINDS)

.PHONY: test test-quire test-debug test-xv6 linux-test
