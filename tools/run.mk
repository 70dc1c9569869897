# Running Quire under QEMU. Each run works on a scratch copy of the image, so nothing that a run
# does is seen by the next; `make qemu KEEP=1` works on the image itself.

QEMU ?= qemu-system-riscv64

IMAGE := $(if $(XV6),$(XV6_IMAGE),$(O)/disk-$(DISK).img)
IMAGE_SIZE := $(DISK)

# EXTRA=folder: an image that also has what is in the folder, where its own path in it says. It is
# larger by what that needs, and made anew each time.
ifneq ($(EXTRA),)
ifneq ($(words $(EXTRA)),$(words $(wildcard $(EXTRA:%=%/.))))
$(error EXTRA takes folders; there is no folder $(EXTRA))
endif
IMAGE := $(O)/extra-$(shell printf '%s' '$(EXTRA) $(XV6) $(DISK)' | cksum | cut -d ' ' -f 1).img
IMAGE_SIZE = $(shell tools/image-size $(DISK) $(EXTRA))
.PHONY: $(IMAGE)
endif

$(IMAGE): $(MKFS) $(UPROGS) $(UFILES) $(XV6_FILES)
	@$(MAKE) --no-print-directory user
	$(MKFS) -s $(IMAGE_SIZE) $@ $(UROOT) $(XV6_ROOT) $(EXTRA)

# As it was given, with quotes, $ and all.
run qemu-gdb: export COMMAND := $(XV6_PREFIX)$(value CMD)
qemu: export BOOTARGS := $(BOOTARGS) $(if $(XV6),-- PATH=/:/bin exec sh)

RUN := CPUS=$(CPUS) MEM=$(MEM) ICOUNT=$(ICOUNT) QEMU=$(QEMU) KEEP=$(KEEP) \
	tools/run $(KERNEL) $(IMAGE)

qemu: $(KERNEL) $(IMAGE) ## boot to a shell prompt (leave it with `halt`, or Ctrl-A X)
	@$(RUN)

run: $(KERNEL) $(IMAGE) ## boot, run CMD="command line", and return its exit status
	@$(RUN) "$$COMMAND"

qemu-gdb: $(KERNEL) $(IMAGE) ## boot and wait for gdb (see CONTRIBUTING.md)
	@GDB=1 $(RUN) "$$COMMAND"

# One hart, and guest time that goes by instructions: the numbers do not depend on the host.
bench: $(KERNEL) $(IMAGE) ## count instructions of faults, forks and calls; fail above a mark
	@CPUS=1 MEM=$(MEM) ICOUNT=0,sleep=off LIMIT=120 QEMU=$(QEMU) \
		tools/run $(KERNEL) $(IMAGE) 'faultbench --gate'

demo: $(KERNEL) $(IMAGE) $(FSCK) ## boot, run all that the demo shows, check the image
	@FSCK=$(FSCK) $(RUN) 'sh /etc/demo.sh'

# The picture that mandeldemo draws, brought out of a copy of the image.
mandel: $(KERNEL) $(IMAGE) $(IMGCAT) ## draw the Mandelbrot set in the guest: mandel.ppm in $(O)
	cp --sparse=always $(IMAGE) $(O)/mandel.img
	@CPUS=$(CPUS) MEM=$(MEM) ICOUNT=$(ICOUNT) QEMU=$(QEMU) KEEP=1 \
		tools/run $(KERNEL) $(O)/mandel.img mandeldemo
	$(IMGCAT) $(O)/mandel.img /tmp/mandel.ppm >$(O)/mandel.ppm
	@rm $(O)/mandel.img

.PHONY: qemu run qemu-gdb bench demo mandel
