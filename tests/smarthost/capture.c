/* SPDX-License-Identifier: ISC */
#include "platform.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture.h"
#include "guard.h"
#include "text.h"

/* Room for the folder, a number or process id, and the longest ending. */
static char *
capture_name(const char *folder, const char *mark, unsigned long number,
    const char *ending)
{
	const size_t size = strlen(folder) + 64;
	char *name = text_alloc(size);

	snprintf(name, size, "%s/%s%lu.%s", folder, mark, number, ending);
	return name;
}

static FILE *
capture_create(const char *name)
{
	FILE *file = fopen(name, "w");

	if (file == NULL)
		die(EXIT_TROUBLE, "%s: %s", name, strerror(errno));
	return file;
}

static void
capture_close(FILE *file, const char *name)
{
	if (fclose(file) != 0)
		die(EXIT_TROUBLE, "%s: %s", name, strerror(errno));
}

void
capture_begin(struct capture *capture, const char *folder)
{
	memset(capture, 0, sizeof(*capture));
	if (folder == NULL)
		return;
	capture->folder = folder;
	capture->draft = capture_name(folder, ".draft-",
	    (unsigned long)getpid(), "message");
	capture->message = capture_create(capture->draft);
}

/* link(2) fails when the name is taken, so each number has one winner. */
static unsigned long
capture_claim(const char *folder, const char *draft)
{
	static unsigned long number;

	for (;;) {
		char *name = capture_name(folder, "", ++number, "envelope");
		const int rc = link(draft, name);

		if (rc != 0 && errno != EEXIST)
			die(EXIT_TROUBLE, "%s: %s", name, strerror(errno));
		free(name);
		if (rc == 0)
			return number;
	}
}

unsigned long
capture_commit(struct capture *capture, const char *envelope, size_t len)
{
	unsigned long number;
	char *draft, *name;
	FILE *file;

	if (capture->folder == NULL)
		return 0;
	capture_close(capture->message, capture->draft);
	capture->message = NULL;
	draft = capture_name(capture->folder, ".draft-",
	    (unsigned long)getpid(), "envelope");
	file = capture_create(draft);
	fwrite(envelope, 1, len, file);
	capture_close(file, draft);
	number = capture_claim(capture->folder, draft);
	name = capture_name(capture->folder, "", number, "message");
	if (unlink(draft) != 0 || rename(capture->draft, name) != 0)
		die(EXIT_TROUBLE, "%s: %s", name, strerror(errno));
	free(name);
	free(draft);
	free(capture->draft);
	memset(capture, 0, sizeof(*capture));
	return number;
}

void
capture_abandon(struct capture *capture)
{
	if (capture->message != NULL)
		fclose(capture->message);
	if (capture->draft != NULL)
		unlink(capture->draft);
	free(capture->draft);
	memset(capture, 0, sizeof(*capture));
}
