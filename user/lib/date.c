/*
 * Dates from seconds since 1970 and back, and as text, all in UTC.
 *
 * A year is counted from March here, so that the leap day is its last: then the days before a
 * month follow one straight line, (153 m + 2) / 5. 400 years have 146097 days.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#define DAY         86400
#define ERA_YEARS   400
#define ERA_DAYS    146097
#define EPOCH_SHIFT 719468 /* days from 1 March of year 0 to 1 January 1970 */

static long floor_div(long a, long b)
{
    return a / b - (a % b < 0);
}

/* Days since 1970 of a date, whose month counts from 0 and may be any number. */
static long days_of(long year, long month, long mday)
{
    year += floor_div(month - 2, 12);
    long from_march = month - 2 - 12 * floor_div(month - 2, 12);
    long era = floor_div(year, ERA_YEARS), in_era = year - era * ERA_YEARS;
    long before = in_era * 365 + in_era / 4 - in_era / 100 + (153 * from_march + 2) / 5;
    return era * ERA_DAYS + before + mday - 1 - EPOCH_SHIFT;
}

/* Guesses the year, which can only be one too early or too late, and goes on to the month. */
static void set_day(struct tm *date, long days)
{
    long year = 1970 + floor_div(days * ERA_YEARS, ERA_DAYS);
    while (days_of(year, 0, 1) > days)
        year--;
    while (days_of(year + 1, 0, 1) <= days)
        year++;
    long month = 11;
    while (days_of(year, month, 1) > days)
        month--;
    date->tm_year = (int)(year - 1900);
    date->tm_mon = (int)month;
    date->tm_mday = (int)(days - days_of(year, month, 1) + 1);
    date->tm_yday = (int)(days - days_of(year, 0, 1));
    date->tm_wday = (int)(days + 4 - 7 * floor_div(days + 4, 7));
}

struct tm *gmtime_r(const time_t *restrict seconds, struct tm *restrict date)
{
    long days = floor_div(*seconds, DAY), rest = *seconds - days * DAY;
    date->tm_hour = (int)(rest / 3600);
    date->tm_min = (int)(rest / 60 % 60);
    date->tm_sec = (int)(rest % 60);
    date->tm_isdst = 0;
    set_day(date, days);
    return date;
}

struct tm *gmtime(const time_t *seconds)
{
    static struct tm date;
    return gmtime_r(seconds, &date);
}

struct tm *localtime_r(const time_t *restrict seconds, struct tm *restrict date)
{
    return gmtime_r(seconds, date);
}

struct tm *localtime(const time_t *seconds)
{
    return gmtime(seconds);
}

/* Fields out of their range carry over, and are brought into it. */
time_t timegm(struct tm *date)
{
    time_t seconds = days_of(date->tm_year + 1900L, date->tm_mon, date->tm_mday) * DAY +
                     date->tm_hour * 3600L + date->tm_min * 60L + date->tm_sec;
    gmtime_r(&seconds, date);
    return seconds;
}

time_t mktime(struct tm *date)
{
    return timegm(date);
}

static const char *day_name(const struct tm *date)
{
    static const char *const names[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                        "Thursday", "Friday", "Saturday"};
    return names[date->tm_wday % 7];
}

static const char *month_name(const struct tm *date)
{
    static const char *const names[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};
    return names[date->tm_mon % 12];
}

/* The conversions that stand for several others. */
static const char *expansion(char conversion)
{
    switch (conversion) {
    case 'c': return "%a %b %e %H:%M:%S %Y";
    case 'D':
    case 'x': return "%m/%d/%y";
    case 'F': return "%Y-%m-%d";
    case 'R': return "%H:%M";
    case 'T':
    case 'X': return "%H:%M:%S";
    default: return NULL;
    }
}

static int format_name(char *to, size_t size, char conversion, const struct tm *date)
{
    switch (conversion) {
    case 'a': return snprintf(to, size, "%.3s", day_name(date));
    case 'A': return snprintf(to, size, "%s", day_name(date));
    case 'b':
    case 'h': return snprintf(to, size, "%.3s", month_name(date));
    case 'B': return snprintf(to, size, "%s", month_name(date));
    case 'p': return snprintf(to, size, "%s", date->tm_hour < 12 ? "AM" : "PM");
    case 'Z': return snprintf(to, size, "UTC");
    case 'z': return snprintf(to, size, "+0000");
    case 'n': return snprintf(to, size, "\n");
    case 't': return snprintf(to, size, "\t");
    case '%': return snprintf(to, size, "%%");
    default: return snprintf(to, size, "%%%c", conversion);
    }
}

static int format_field(char *to, size_t size, char conversion, struct tm *date)
{
    long year = date->tm_year + 1900L;
    switch (conversion) {
    case 'C': return snprintf(to, size, "%02ld", year / 100);
    case 'd': return snprintf(to, size, "%02d", date->tm_mday);
    case 'e': return snprintf(to, size, "%2d", date->tm_mday);
    case 'H': return snprintf(to, size, "%02d", date->tm_hour);
    case 'I': return snprintf(to, size, "%02d", (date->tm_hour + 11) % 12 + 1);
    case 'j': return snprintf(to, size, "%03d", date->tm_yday + 1);
    case 'm': return snprintf(to, size, "%02d", date->tm_mon + 1);
    case 'M': return snprintf(to, size, "%02d", date->tm_min);
    case 's': return snprintf(to, size, "%ld", timegm(date));
    case 'S': return snprintf(to, size, "%02d", date->tm_sec);
    case 'u': return snprintf(to, size, "%d", (date->tm_wday + 6) % 7 + 1);
    case 'w': return snprintf(to, size, "%d", date->tm_wday);
    case 'y': return snprintf(to, size, "%02ld", year % 100);
    case 'Y': return snprintf(to, size, "%ld", year);
    default: return format_name(to, size, conversion, date);
    }
}

/* Returns the length, or 0 if the text does not fit. */
size_t strftime(char *restrict to, size_t size, const char *restrict format,
                const struct tm *restrict date)
{
    size_t length = 0;
    for (; *format != '\0'; format++) {
        char text[64] = {*format};
        size_t n = 1;
        if (*format == '%' && format[1] != '\0') {
            struct tm copy = *date;
            const char *several = expansion(*++format);
            n = several != NULL ? strftime(text, sizeof(text), several, date)
                                : (size_t)format_field(text, sizeof(text), *format, &copy);
        }
        if (length + n >= size)
            return 0;
        memcpy(to + length, text, n);
        length += n;
    }
    if (size > 0)
        to[length] = '\0';
    return length;
}
