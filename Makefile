# Quire's build. `make help` lists what can be asked for.
#
# Settings, all of which work with every target that boots the kernel:
#   CPUS=4  MEM=128M  DISK=64M (size of the disk image)  DEBUG=1 (poison, lock-order checks)
#   ICOUNT=9 (QEMU's -icount shift=9: guest time goes by instructions)
#   XV6="dir/a.c dir/b.c" (programs written for xv6, to be put on the image)
#   EXTRA=dir (a folder whose contents are to be put on the image)

CROSS ?= riscv64-unknown-elf-
CC     = $(CROSS)gcc
HOSTCC ?= cc
CPUS  ?= 4
MEM   ?= 128M
DISK  ?= 64M

O := build
K := $(O)/kernel$(if $(DEBUG),-debug)
U := $(O)/user
H := $(O)/host

WARN := -Wall -Wextra -Werror -Wno-unused-parameter -Wmissing-prototypes -Wstrict-prototypes \
	-Wvla -Wshadow -Wpointer-arith

# V=1 shows the commands themselves.
Q   := $(if $(V),,@)
SAY := @$(if $(V),:,echo " ")

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules
.SUFFIXES:

include kernel/kernel.mk
include user/user.mk
include user/xv6/xv6.mk
include mkfs/mkfs.mk
include tests/tests.mk
include tools/run.mk
include tools/check.mk

all: $(KERNEL) $(IMAGE) ## build the kernel and its disk image

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  %-12s %s\n", $$1, $$2}' Makefile */*.mk */*/*.mk

clean: ## remove everything that was built
	rm -rf $(O)

.PHONY: all help clean
