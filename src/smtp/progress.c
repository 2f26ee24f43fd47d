/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "smtp/progress.h"

#define FIRST_MS 1000		/* an upload that takes no longer has no line */
#define NEXT_MS 200		/* between two lines */
/* What leaves before that has gone into the system's buffers at once. */
#define SETTLED_MS 500
#define RATE_MS 200		/* a rate over less says nothing */
#define MIB (1024.0 * 1024.0)
#define KIB 1024.0
#define LEFT_MAX (99 * 3600)	/* seconds; more is no estimate */

void
progress_begin(struct progress *p, FILE *out, uint64_t origin, uint64_t total)
{
	memset(p, 0, sizeof(*p));
	p->out = out;
	p->origin = origin;
	p->total = total;
	p->base_time = clock_now();
	p->settled = p->base_time + SETTLED_MS;
	p->show = p->base_time + FIRST_MS;
}

void
progress_hide(struct progress *p)
{
	if (p->width == 0)
		return;
	fprintf(p->out, "\r%*s\r", p->width, "");
	fflush(p->out);
	p->width = 0;
}

static void
draw(struct progress *p, uint64_t done, int64_t now)
{
	int64_t ms = now - p->base_time, left;
	double rate;
	int width = fprintf(p->out, "\rsending: %.1f of %.1f MiB",
	    (double)done / MIB, (double)p->total / MIB);

	if (ms >= RATE_MS && done > p->base) {
		rate = (double)(done - p->base) * 1000 / (double)ms;
		left = (int64_t)((double)(p->total - done) / rate);
		width += fprintf(p->out, rate < MIB ? ", %.0f KiB/s" :
		    ", %.1f MiB/s", rate / (rate < MIB ? KIB : MIB));
		if (left <= LEFT_MAX)
			width += fprintf(p->out, ", %" PRId64 ":%02" PRId64
			    " left", left / 60, left % 60);
	}
	/* what is left of a longer one */
	fprintf(p->out, "%*s", width < p->width ? p->width - width : 0, "");
	p->width = width > p->width ? width : p->width;
	fflush(p->out);
}

void
progress_sent(void *progress, uint64_t octets)
{
	struct progress *p = progress;
	int64_t now = clock_now();
	uint64_t done = octets < p->origin ? 0 : octets - p->origin;

	/* dots that are doubled are not counted before */
	if (done > p->total)
		done = p->total;
	if (now < p->settled) {
		p->base_time = now;
		p->base = done;
	}
	if (now < p->show)
		return;
	draw(p, done, now);
	p->show = now + NEXT_MS;
}
