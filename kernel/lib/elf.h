/*
 * Reads the headers of ELF executables (System V ABI, chapters 4 and 5; RISC-V psABI). Only the
 * first bytes of the file are looked at; every number in them is checked, so that what comes out
 * can be mapped.
 */
#ifndef LIB_ELF_H
#define LIB_ELF_H

#include <stddef.h>
#include <stdint.h>

#define ELF_MAX_SEGMENTS 16

/* Addresses have the load bias in them; segments ascend and no two share a page. */
struct elf_segment {
    uint64_t start;       /* virtual address */
    uint64_t memory_size; /* bytes, more than 0 */
    uint64_t offset;      /* in the file; the same place in a page as start */
    uint64_t file_size;   /* bytes that come from the file, at most memory_size */
    unsigned prot;        /* PROT_* */
};

struct elf_image {
    uint64_t entry;
    uint64_t headers;  /* virtual address of the program headers; 0: in no segment */
    unsigned nheaders; /* program headers in the file */
    unsigned nsegments;
    struct elf_segment segments[ELF_MAX_SEGMENTS];
};

/* What the caller allows. */
struct elf_limits {
    uint64_t file_size; /* bytes of the file */
    uint64_t lowest;    /* virtual addresses: segments lie in [lowest, highest) */
    uint64_t highest;
    uint64_t bias; /* where a position-independent executable goes */
};

#define ELF_HEADER_SIZE 56 /* of one program header */

/* `head` holds the first `n` bytes of the file, 8-byte aligned. 0 or -ENOEXEC. */
int elf_read(const void *head, size_t n, const struct elf_limits *limits, struct elf_image *image);

#endif
