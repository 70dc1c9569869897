/* reboot(2): the magic numbers that guard it and the commands Quire knows. */
#ifndef ABI_REBOOT_H
#define ABI_REBOOT_H

#define LINUX_REBOOT_MAGIC1        0xfee1dead
#define LINUX_REBOOT_MAGIC2        672274793
#define LINUX_REBOOT_CMD_RESTART   0x01234567
#define LINUX_REBOOT_CMD_HALT      0xcdef0123
#define LINUX_REBOOT_CMD_POWER_OFF 0x4321fedc

/*
 * Quire gives POWER_OFF's fourth argument, which Linux ignores, a meaning: the machine's exit
 * status, 0 to 255, which QEMU hands on to whoever started it.
 */

#endif
