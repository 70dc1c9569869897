/* How sys_sbrk gives memory. */
#ifndef XV6_KERNEL_VM_H
#define XV6_KERNEL_VM_H

#define SBRK_EAGER 1 /* all at once, or fail */
#define SBRK_LAZY  2 /* when it is touched */

#endif
