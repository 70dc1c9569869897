/*
 * Messages on standard error that begin with the program's name. warn and err add what errno says;
 * err and errx end the program.
 */
#ifndef ERR_H
#define ERR_H

__attribute__((format(printf, 1, 2))) void warn(const char *format, ...);
__attribute__((format(printf, 1, 2))) void warnx(const char *format, ...);
__attribute__((format(printf, 2, 3), noreturn)) void err(int status, const char *format, ...);
__attribute__((format(printf, 2, 3), noreturn)) void errx(int status, const char *format, ...);

#endif
