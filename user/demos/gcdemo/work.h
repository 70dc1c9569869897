/* The program whose memory is collected: trees and lists, made, changed and dropped. */
#ifndef DEMOS_GCDEMO_WORK_H
#define DEMOS_GCDEMO_WORK_H

#include <stdint.h>

/*
 * Keeps a tree of so many levels, and does so many rounds. Returns a checksum of all that is there
 * at the end, which does not depend on the collector; 0: something was not as it should be.
 */
uint64_t work(unsigned levels, unsigned rounds);

#endif
