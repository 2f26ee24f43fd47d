/* SPDX-License-Identifier: ISC */
/*
 * powerloss: what a disk can hold when the power fails while a program works.
 *
 *	powerloss TRACE BEFORE OUT
 *
 * TRACE is what the program did to files (tests/syscalls/record.h), BEFORE a
 * folder as it was. After each act the power fails: OUT/N becomes the folder as
 * it may be then, and OUT/N.said has what the world had heard by then: lines
 * "sent SUBJECT" for each message that was sent to a socket, "exit STATUS".
 *
 * A file has the octets that it had at its last fsync(2), none if there was
 * none. A folder has the names that it had at its last fsync; of each change
 * since then nobody knows: none of them is there, or all, or just one. A rename
 * between two folders is a change of each. What is the same as before is left
 * out.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAMES_MAX 64	/* in a folder; this is for tests */
#define CHANGES_MAX 256
#define STATES_MAX 4096
#define OCTETS_MAX 65536
#define PATH_SIZE 4096
#define ALL (-1)	/* of the changes */
#define NONE (-2)

struct node;

struct names {
	struct {
		char *name;
		struct node *node;
	} entry[NAMES_MAX];
	size_t count;
};

struct octets {
	char data[OCTETS_MAX];
	size_t len;
};

struct node {
	bool folder;
	struct names now, kept;
	struct octets *octets_now, *octets_kept;
	char *written;		/* where it is in OUT/N; NULL: not yet */
};

/* One name of a folder, or two, which change at once. */
struct change {
	struct node *folder;
	struct {
		char *name;
		struct node *node;	/* NULL: no more */
	} step[2];
	size_t steps;
};

static struct change changes[CHANGES_MAX];
static size_t change_count;
static struct node *root;
static char *seen[STATES_MAX];
static size_t state_count;
static struct octets said;

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "powerloss: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void *
allocate(size_t n)
{
	void *p = calloc(1, n);

	if (p == NULL)
		die("memory");
	return p;
}

static char *
copy(const char *s)
{
	return memcpy(allocate(strlen(s) + 1), s, strlen(s) + 1);
}

static void
add_octets(struct octets *o, const char *p, size_t n)
{
	if (o->len + n > sizeof(o->data)) {
		errno = EFBIG;
		die("octets");
	}
	memcpy(o->data + o->len, p, n);
	o->len += n;
}

static struct node *
new_node(bool folder)
{
	struct node *n = allocate(sizeof(*n));

	n->folder = folder;
	n->octets_now = allocate(sizeof(*n->octets_now));
	n->octets_kept = allocate(sizeof(*n->octets_kept));
	return n;
}

/* ---- Names. */

static struct node *
find(const struct names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (strcmp(names->entry[i].name, name) == 0)
			return names->entry[i].node;
	return NULL;
}

static void
set(struct names *names, const char *name, struct node *node)
{
	size_t i = 0;

	while (i < names->count && strcmp(names->entry[i].name, name) != 0)
		i++;
	if (i == NAMES_MAX) {
		errno = EFBIG;
		die(name);
	}
	if (i == names->count && node != NULL)
		names->entry[names->count++].name = copy(name);
	if (i == names->count)
		return;
	names->entry[i].node = node;
	if (node == NULL)
		names->entry[i] = names->entry[--names->count];
}

/* The folder of a path, and the last name in it. */
static struct node *
walk(const char *path, const char **last)
{
	struct node *n = root;
	char part[PATH_SIZE];
	const char *slash;

	while (n != NULL && (slash = strchr(path, '/')) != NULL) {
		snprintf(part, sizeof(part), "%.*s", (int)(slash - path), path);
		n = find(&n->now, part);
		path = slash + 1;
	}
	if (n == NULL) {
		errno = ENOENT;
		die(path);
	}
	*last = path;
	return n;
}

static struct node *
at(const char *path)
{
	const char *last;
	struct node *folder = walk(path, &last), *n;

	n = strcmp(last, ".") == 0 ? folder : find(&folder->now, last);
	if (n == NULL) {
		errno = ENOENT;
		die(path);
	}
	return n;
}

static struct change *
add_change(struct node *folder)
{
	struct change *c = &changes[change_count++];

	if (change_count == CHANGES_MAX) {
		errno = EFBIG;
		die("changes");
	}
	memset(c, 0, sizeof(*c));
	c->folder = folder;
	return c;
}

static void
add_step(struct change *c, const char *name, struct node *node)
{
	set(&c->folder->now, name, node);
	c->step[c->steps].name = copy(name);
	c->step[c->steps++].node = node;
}

static void
change(const char *path, struct node *node)
{
	const char *last;
	struct node *folder = walk(path, &last);

	add_step(add_change(folder), last, node);
}

static void
move(const char *old, const char *new)
{
	const char *from, *to;
	struct node *source = walk(old, &from), *target = walk(new, &to);
	struct node *node = find(&source->now, from);
	struct change *c = add_change(target);

	add_step(c, to, node);
	if (source != target)
		c = add_change(source);
	add_step(c, from, NULL);
}

static void
sync_node(struct node *n)
{
	size_t left = 0;

	n->kept = n->now;
	*n->octets_kept = *n->octets_now;
	for (size_t i = 0; i < change_count; i++)
		if (changes[i].folder != n)
			changes[left++] = changes[i];
	change_count = left;
}

/* ---- The folder as it was. */

static void
load_file(struct node *n, const char *path)
{
	char part[4096];
	FILE *file = fopen(path, "r");
	size_t len;

	if (file == NULL)
		die(path);
	while ((len = fread(part, 1, sizeof(part), file)) > 0)
		add_octets(n->octets_now, part, len);
	fclose(file);
}

static struct node *
load(const char *path)
{
	char name[PATH_SIZE];
	struct dirent *entry;
	struct node *n;
	struct stat st;
	DIR *dir;

	if (stat(path, &st) == -1)
		die(path);
	n = new_node(S_ISDIR(st.st_mode));
	if (!n->folder) {
		load_file(n, path);
		sync_node(n);
		return n;
	}
	dir = opendir(path);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		set(&n->now, entry->d_name, load(name));
	}
	if (dir != NULL)
		closedir(dir);
	sync_node(n);
	return n;
}

/* ---- What may be there. */

static struct names
names_of(const struct node *folder, int chosen)
{
	struct names names = { .count = 0 };

	for (size_t i = 0; i < folder->kept.count; i++)
		set(&names, folder->kept.entry[i].name,
		    folder->kept.entry[i].node);
	for (size_t i = 0; i < change_count; i++)
		for (size_t j = 0; changes[i].folder == folder &&
		    (chosen == ALL || chosen == (int)i) &&
		    j < changes[i].steps; j++)
			set(&names, changes[i].step[j].name,
			    changes[i].step[j].node);
	return names;
}

/* All of it as one text, to compare. */
static void
describe(struct octets *to, const struct node *folder, int chosen,
    const char *path)
{
	struct names names = names_of(folder, chosen);
	char name[PATH_SIZE];
	struct node *n;

	for (size_t i = 0; i < names.count; i++) {
		n = names.entry[i].node;
		snprintf(name, sizeof(name), "%s/%s", path,
		    names.entry[i].name);
		add_octets(to, name, strlen(name) + 1);
		if (n->folder)
			describe(to, n, chosen, name);
		else
			add_octets(to, n->octets_kept->data,
			    n->octets_kept->len);
	}
}

static void
write_file(struct node *n, const char *path)
{
	FILE *file;

	if (n->written != NULL) {
		if (link(n->written, path) == -1)
			die(path);
		return;
	}
	file = fopen(path, "w");
	if (file == NULL)
		die(path);
	fwrite(n->octets_kept->data, 1, n->octets_kept->len, file);
	if (fclose(file) != 0)
		die(path);
	n->written = copy(path);
}

static void
write_folder(const struct node *folder, int chosen, const char *path)
{
	struct names names = names_of(folder, chosen);
	char name[PATH_SIZE];

	if (mkdir(path, S_IRWXU) == -1)
		die(path);
	for (size_t i = 0; i < names.count; i++) {
		snprintf(name, sizeof(name), "%s/%s", path,
		    names.entry[i].name);
		if (names.entry[i].node->folder)
			write_folder(names.entry[i].node, chosen, name);
		else
			write_file(names.entry[i].node, name);
	}
}

static void
forget_written(const struct node *folder)
{
	for (size_t i = 0; i < folder->now.count; i++) {
		folder->now.entry[i].node->written = NULL;
		forget_written(folder->now.entry[i].node);
	}
	for (size_t i = 0; i < folder->kept.count; i++) {
		folder->kept.entry[i].node->written = NULL;
		forget_written(folder->kept.entry[i].node);
	}
	for (size_t i = 0; i < change_count; i++)
		for (size_t j = 0; changes[i].folder == folder &&
		    j < changes[i].steps; j++)
			if (changes[i].step[j].node != NULL)
				changes[i].step[j].node->written = NULL;
}

static bool
is_new(int chosen)
{
	struct octets *text = allocate(sizeof(*text));
	char *key;

	add_octets(text, said.data, said.len);
	describe(text, root, chosen, "");
	key = allocate(text->len + sizeof(text->len));
	memcpy(key, &text->len, sizeof(text->len));
	memcpy(key + sizeof(text->len), text->data, text->len);
	for (size_t i = 0; i < state_count; i++)
		if (memcmp(seen[i], key, sizeof(text->len)) == 0 &&
		    memcmp(seen[i], key, text->len + sizeof(text->len)) == 0) {
			free(text);
			free(key);
			return false;
		}
	free(text);
	if (state_count == STATES_MAX) {
		errno = EFBIG;
		die("states");
	}
	seen[state_count++] = key;
	return true;
}

static void
write_state(const char *out, int chosen, const char *act)
{
	char path[PATH_SIZE];
	FILE *file;

	if (!is_new(chosen))
		return;
	snprintf(path, sizeof(path), "%s/%zu", out, state_count);
	forget_written(root);
	write_folder(root, chosen, path);
	strncat(path, ".said", sizeof(path) - strlen(path) - 1);
	file = fopen(path, "w");
	if (file == NULL)
		die(path);
	fprintf(file, "behind %.200s\n%.*s", act, (int)said.len, said.data);
	if (fclose(file) != 0)
		die(path);
}

static void
fail_now(const char *out, const char *act)
{
	write_state(out, NONE, act);
	write_state(out, ALL, act);
	for (size_t i = 0; i < change_count; i++)
		write_state(out, (int)i, act);
}

/* ---- The trace. */

static size_t
decode(char *hex)
{
	size_t n = strlen(hex) / 2;
	char pair[3] = "";

	for (size_t i = 0; i < n; i++) {
		memcpy(pair, hex + 2 * i, 2);
		hex[i] = (char)strtoul(pair, NULL, 16);
	}
	hex[n] = '\0';
	return n;
}

/* Each "Subject: " in what was sent. */
static void
hear(char *text)
{
	static const char field[] = "Subject: ";
	char *p = text;
	size_t n;

	decode(text);
	while ((p = strstr(p, field)) != NULL) {
		p += sizeof(field) - 1;
		n = strcspn(p, "\r\n");
		add_octets(&said, "sent ", 5);
		add_octets(&said, p, n);
		add_octets(&said, "\n", 1);
	}
}

static void
carry_out(const char *verb, char *first, char *second)
{
	struct node *n;
	size_t len;

	if (strcmp(verb, "mkdir") == 0 || strcmp(verb, "create") == 0) {
		change(first, new_node(verb[0] == 'm'));
	} else if (strcmp(verb, "write") == 0) {
		n = at(first);
		len = decode(second);
		add_octets(n->octets_now, second, len);
	} else if (strcmp(verb, "truncate") == 0) {
		at(first)->octets_now->len = 0;
	} else if (strcmp(verb, "sync") == 0) {
		sync_node(at(first));
	} else if (strcmp(verb, "link") == 0) {
		change(second, at(first));
	} else if (strcmp(verb, "rename") == 0) {
		move(first, second);
	} else if (strcmp(verb, "unlink") == 0) {
		change(first, NULL);
	} else if (strcmp(verb, "send") == 0) {
		hear(first);
	} else if (strcmp(verb, "exit") == 0) {
		add_octets(&said, "exit ", 5);
		add_octets(&said, first, strlen(first));
		add_octets(&said, "\n", 1);
	} else {
		errno = EINVAL;
		die(verb);
	}
}

int
main(int argc, char *argv[])
{
	static char line[4 * OCTETS_MAX], act[256];
	char *first, *second;
	FILE *trace;

	if (argc != 4) {
		fprintf(stderr, "usage: powerloss TRACE BEFORE OUT\n");
		return 2;
	}
	root = load(argv[2]);
	trace = fopen(argv[1], "r");
	if (trace == NULL)
		die(argv[1]);
	if (mkdir(argv[3], S_IRWXU) == -1)
		die(argv[3]);
	fail_now(argv[3], "nothing");
	while (fgets(line, sizeof(line), trace) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		snprintf(act, sizeof(act), "%.200s", line);
		first = strchr(line, ' ');
		if (first == NULL)
			continue;
		*first++ = '\0';
		second = strchr(first, ' ');
		if (second == NULL)
			second = first + strlen(first);
		else
			*second++ = '\0';
		carry_out(line, first, second);
		fail_now(argv[3], act);
	}
	fclose(trace);
	return 0;
}
