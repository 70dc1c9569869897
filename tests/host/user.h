/*
 * User programs' loads and stores in host tests: walked through the page tables, by harts that keep
 * translations until they are told to forget them, with faults served by the kernel.
 */
#ifndef TESTS_HOST_USER_H
#define TESTS_HOST_USER_H

#include "abi/quire.h"
#include "mm/mm.h"

#define USER_HARTS 3

/* Lets the current hart load or store one number at `va`. The kind of a fatal fault, or 0. */
enum fault_kind user_load(struct mm *mm, uint64_t va, uint32_t *value);
enum fault_kind user_store(struct mm *mm, uint64_t va, uint32_t value);

#endif
