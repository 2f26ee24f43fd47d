/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <netdb.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/variable.h"
#include "wire/dial.h"
#include "config/account/sender.h"

#define VALUE_MAX (1024 * 1024)	/* octets of an expanded value */

/*
 * The name that the system has for the user. The environment counts only when
 * it has none, so that a caller cannot choose another sender by it.
 */
static char *
user_name(struct fault *f)
{
	static const char *const names[] = { "USER", "LOGNAME" };
	const struct passwd *pw = getpwuid(getuid());
	const char *name;

	if (pw != NULL && pw->pw_name[0] != '\0')
		return memory_string(pw->pw_name);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		name = variable_get(names[i]);
		if (name != NULL)
			return memory_string(name);
	}
	fault(f, FAULT_CONFIG, "%%U: user %lu has no name",
	    (unsigned long)getuid());
	fault_hint(f, "set USER, or write the address without %%U");
	return NULL;
}

static char *
host_name(struct fault *f)
{
	char *host = dial_own_name();

	if (host == NULL)
		fault(f, FAULT_SYSTEM, "%%H: the host's name: %s",
		    strerror(errno));
	return host;
}

/* In a child: see wire/bounded.h. */
static void
ask_canonical(int fd, const void *host)
{
	struct addrinfo hints = { .ai_flags = AI_CANONNAME,
	    .ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;

	if (getaddrinfo(host, NULL, &hints, &found) == 0 &&
	    found->ai_canonname != NULL)
		bounded_write(fd, found->ai_canonname,
		    strlen(found->ai_canonname));
}

static char *
canonical_name(struct fault *f)
{
	char *host = host_name(f);
	struct buffer name;

	if (host == NULL)
		return NULL;
	buffer_init(&name, VALUE_MAX);
	if (bounded_run(ask_canonical, host, &name,
	    clock_after(DIAL_TIMEOUT_MS)) != 0 || name.len == 0) {
		buffer_free(&name);
		return host;
	}
	free(host);
	return buffer_detach(&name);
}

static char *
mail_name(struct fault *f)
{
	char *name = file_first_line(MAILNAME);

	if (name != NULL)
		return name;
	fault(f, FAULT_CONFIG, "%%M: %s: %s", MAILNAME, errno == 0 ?
	    "it is empty" : strerror(errno));
	fault_hint(f, "write the name of this host's mail domain into it");
	return NULL;
}

static char *
value_of(char pattern, const char *author, struct fault *f)
{
	switch (pattern) {
	case 'U':
		return user_name(f);
	case 'H':
		return host_name(f);
	case 'C':
		return canonical_name(f);
	case 'M':
		return mail_name(f);
	case 'F':
		if (author != NULL)
			return memory_string(author);
		fault(f, FAULT_DATA, "%%F: the message has no From field "
		    "with an address");
		fault_hint(f, "add one, or give -f");
		return NULL;
	default:
		return memory_string("%");
	}
}

char *
pattern_expand(const char *value, const char *letters, const char *author,
    bool glob, struct fault *f)
{
	struct buffer b;
	char *to;

	buffer_init(&b, VALUE_MAX);
	for (; *value != '\0'; value++) {
		if (*value != '%' || value[1] == '\0' ||
		    strchr(letters, value[1]) == NULL) {
			buffer_add_char(&b, *value);
			continue;
		}
		to = value_of(*++value, author, f);
		if (to == NULL) {
			buffer_free(&b);
			return NULL;
		}
		for (const char *p = to; *p != '\0'; p++) {
			if (glob && strchr("?*[\\", *p) != NULL)
				buffer_add_char(&b, '\\');
			buffer_add_char(&b, text_is_control(*p) ? '?' : *p);
		}
		free(to);
	}
	return buffer_detach(&b);
}

char *
pattern_expand_setting(const struct account *a, enum option_id id,
    const char *value, const char *author, bool glob, struct fault *f)
{
	const struct option_place *origin = &a->origin[id];

	if (origin->file == NULL && origin->line == ORIGIN_COMMAND_LINE)
		return memory_string(value);
	return pattern_expand(value, id == OPTION_FROM ? PATTERN_FROM :
	    id == OPTION_SENDER ? PATTERN_SENDER :
	    id == OPTION_FROM_FULL_NAME ? PATTERN_NAME :
	    id == OPTION_QUEUE_DIRECTORY ? PATTERN_QUEUE : PATTERN_DOMAIN,
	    author, glob, f);
}
