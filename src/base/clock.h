/* SPDX-License-Identifier: ISC */
/* clock: monotonic milliseconds for deadlines, and the date of a message. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

#define CLOCK_NEVER INT64_MAX	/* a deadline that does not come */
#define CLOCK_DATE_SIZE 48	/* room for an RFC 5322 date and its NUL */

/* Milliseconds since some fixed point; not affected by clock changes. */
int64_t clock_now(void);
/* now + ms, never beyond CLOCK_NEVER. */
int64_t clock_after(int64_t ms);
/* Milliseconds left for poll(2): 0 when past, -1 for CLOCK_NEVER. */
int clock_left(int64_t deadline);
/* RFC 5322 section 3.3 date-time in local time with numeric zone. */
void clock_date(time_t when, char out[CLOCK_DATE_SIZE]);

#endif
