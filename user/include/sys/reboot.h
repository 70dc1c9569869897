/*
 * Power off and restart. quire_power_off() hands an exit status to whoever runs the machine; plain
 * reboot() hands on 0.
 */
#ifndef SYS_REBOOT_H
#define SYS_REBOOT_H

#include "abi/reboot.h"

#define RB_AUTOBOOT  LINUX_REBOOT_CMD_RESTART
#define RB_POWER_OFF LINUX_REBOOT_CMD_POWER_OFF

int reboot(int command);
int quire_power_off(int status);

#endif
