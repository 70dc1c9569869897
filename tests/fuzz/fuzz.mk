# mmapfuzz on this machine's Linux and on Quire: the same log for the same seed.
#
#   make fuzz SEEDS=200 STEPS=300 FIRST=1000 (the first seed)    CPUS, MEM and ICOUNT as always

FUZZ_RUN = $(FUZZ_SETTINGS) CC="$(HOSTCC)" CPUS="$(CPUS)" MEM="$(MEM)" ICOUNT="$(ICOUNT)" \
	tests/fuzz/run $(KERNEL) $(O)

fuzz: FUZZ_SETTINGS = SEEDS="$(or $(SEEDS),200)" STEPS="$(STEPS)" FIRST="$(FIRST)"
test-fuzz: FUZZ_SETTINGS = SEEDS=10

fuzz: all $(MKFS) $(FSCK) $(IMGCAT) ## compare random memory calls with Linux: SEEDS=200 STEPS=300
	$(FUZZ_RUN)

test-fuzz: all $(MKFS) $(FSCK) $(IMGCAT) ## the same with ten seeds
	$(FUZZ_RUN)

.PHONY: fuzz test-fuzz
