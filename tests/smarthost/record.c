/* SPDX-License-Identifier: ISC */
#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guard.h"
#include "record.h"
#include "text.h"

#define EVENT_MAX 1000

static int record_fd = -1;

void
record_open(const char *path)
{
	record_fd = open(path,
	    O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
	if (record_fd < 0)
		die(EXIT_TROUBLE, "%s: %s", path, strerror(errno));
}

static void
record_line(const char *prefix, const char *data, size_t len)
{
	const size_t start = strlen(prefix);
	char *line;
	size_t n;

	if (record_fd < 0)
		return;
	line = text_alloc(start + TEXT_ESCAPED(len) + 1);
	snprintf(line, start + 1, "%s", prefix);
	n = start + text_escape(line + start, data, len);
	line[n++] = '\n';
	if (write(record_fd, line, n) != (ssize_t)n)
		die(EXIT_TROUBLE, "transcript: %s", strerror(errno));
	free(line);
}

static void
record_data(const char *whole, const char *part, const char *data, size_t len)
{
	while (len > 0) {
		const char *end = memchr(data, '\n', len);
		size_t n = end == NULL ? len : (size_t)(end - data) + 1;

		if (n >= 2 && data[n - 1] == '\n' && data[n - 2] == '\r')
			record_line(whole, data, n - 2);
		else
			record_line(part, data, n);
		data += n;
		len -= n;
	}
}

void
record_received(const char *data, size_t len)
{
	record_data("C: ", "C- ", data, len);
}

void
record_sent(const char *data, size_t len)
{
	record_data("S: ", "S- ", data, len);
}

void
record_event(const char *format, ...)
{
	char event[EVENT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(event, sizeof(event), format, args);
	va_end(args);
	record_line("== ", event, strlen(event));
}
