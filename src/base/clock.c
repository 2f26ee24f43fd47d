/* SPDX-License-Identifier: ISC */
#include <limits.h>
#include <stdio.h>

#include "base/clock.h"

int64_t
clock_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t
clock_after(int64_t ms)
{
	int64_t now = clock_now();

	return ms > CLOCK_NEVER - now ? CLOCK_NEVER : now + ms;
}

int
clock_left(int64_t deadline)
{
	int64_t left;

	if (deadline == CLOCK_NEVER)
		return -1;
	left = deadline - clock_now();
	if (left <= 0)
		return 0;
	return left > INT_MAX ? INT_MAX : (int)left;
}

/*
 * The zone is the difference of the two broken-down times: strftime's %z
 * speaks the same, but names of days and months would follow the locale.
 */
void
clock_date(time_t when, char out[CLOCK_DATE_SIZE])
{
	static const char day[][4] = {
		"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"
	};
	static const char month[][4] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun",
		"Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
	};
	struct tm local, utc;
	long zone, days;
	char sign = '+';

	if (localtime_r(&when, &local) == NULL ||
	    gmtime_r(&when, &utc) == NULL) {
		snprintf(out, CLOCK_DATE_SIZE,
		    "Thu, 01 Jan 1970 00:00:00 +0000");
		return;
	}
	days = local.tm_year != utc.tm_year ? local.tm_year - utc.tm_year :
	    local.tm_yday - utc.tm_yday;
	zone = days * 24 * 60 + (local.tm_hour - utc.tm_hour) * 60 +
	    (local.tm_min - utc.tm_min);
	if (zone < 0) {
		sign = '-';
		zone = -zone;
	}
	snprintf(out, CLOCK_DATE_SIZE,
	    "%s, %02d %s %04d %02d:%02d:%02d %c%02ld%02ld",
	    day[local.tm_wday % 7], local.tm_mday, month[local.tm_mon % 12],
	    (local.tm_year + 1900) % 10000, local.tm_hour, local.tm_min,
	    local.tm_sec % 61, sign, (zone / 60) % 100, zone % 60);
}
