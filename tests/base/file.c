/* SPDX-License-Identifier: ISC */
/* Files that are read: whole, never blocking, and with what kind of trouble. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/file.h"
#include "tests/tap.h"

#define MAX 100		/* octets that are read at most */

static void
put(const char *path, const char *text, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0640);

	if (fd == -1 || write(fd, text, n) != (ssize_t)n)
		exit(1);
	close(fd);
}

static void
test_load(const char *label, const char *path, size_t n, int error)
{
	struct buffer b;
	int r, got;

	buffer_init(&b, MAX);
	r = file_load(path, &b);
	got = errno;
	if (error == -1)
		tap_ok(r == 0 && b.len == n, "%s", label);
	else
		tap_ok(r == -1 && got == error, "%s: %s", label,
		    strerror(got));
	buffer_wipe(&b);
}

static void
test_line(const char *text, size_t n, const char *line)
{
	char *got;

	put("line", text, n);
	got = file_first_line("line");
	tap_ok(line == NULL ? got == NULL && errno == 0 : got != NULL &&
	    strcmp(got, line) == 0, "first line: '%s'",
	    line == NULL ? "none" : line);
	free(got);
}

static void
test_growing(void)
{
	struct file file;
	struct buffer b;
	int r;

	put("grown", "a", 1);
	file_open(&file, "grown");
	put("grown", "abc", 3);
	buffer_init(&b, MAX);
	r = file_read(&file, &b);
	tap_ok(r == -1 && errno == EAGAIN, "a file that grows");
	buffer_free(&b);
	file_close(&file);
	tap_ok(file.fd == -1, "and is closed");
}

static void
test_flaws(void)
{
	struct stat st = { .st_mode = S_IFREG | 0640, .st_uid = geteuid() };

	tap_ok(file_flaw(&st, -1, FILE_OWNER_SELF_OR_ROOT, S_IWGRP) ==
	    FILE_FINE, "our own file");
	tap_ok(file_flaw(&st, -1, FILE_OWNER_ANY, S_IRGRP) == FILE_OTHERS_MAY,
	    "its group may read it");
	st.st_uid = geteuid() + 1;
	tap_ok(file_flaw(&st, -1, FILE_OWNER_SELF_OR_ROOT, 0) ==
	    FILE_OTHERS_OWN &&
	    file_flaw(&st, -1, FILE_OWNER_ROOT, 0) == FILE_OTHERS_OWN &&
	    file_flaw(&st, -1, FILE_OWNER_ANY, 0) == FILE_FINE,
	    "somebody else's file");
	tap_ok(file_mode(&st) == 0640, "its mode");
}

static void
test_folder(void)
{
	struct stat folder;
	struct file file;

	tap_ok(file_open_in_folder(&file, "full", &folder) == 0 &&
	    S_ISDIR(folder.st_mode), "by its folder");
	file_close(&file);
	tap_ok(symlink("full", "link") == 0 &&
	    file_open_in_folder(&file, "./link", &folder) == -1 &&
	    S_ISDIR(folder.st_mode), "by its folder, not by a link");
	tap_ok(file_open_in_folder(&file, "none/full", &folder) == -1 &&
	    errno == ENOENT && folder.st_mode == 0, "no folder");
}

int
main(void)
{
	char folder[] = "/tmp/postrider-file.XXXXXX", text[MAX + 1];

	if (mkdtemp(folder) == NULL || chdir(folder) == -1)
		return 1;
	memset(text, 'x', sizeof(text));
	put("empty", "", 0);
	put("full", text, MAX);
	put("more", text, MAX + 1);
	if (mkfifo("fifo", 0600) == -1)
		return 1;
	test_load("an empty file", "empty", 0, -1);
	test_load("a file as large as allowed", "full", MAX, -1);
	test_load("a larger one", "more", 0, EFBIG);
	test_load("no file", "none", 0, ENOENT);
	test_load("a folder", ".", 0, 0);
	test_load("a FIFO without a writer", "fifo", 0, 0);
	test_load("a device", "/dev/null", 0, 0);
	test_line("one\ntwo\n", 8, "one");
	test_line("one \t\r\ntwo", 10, "one");
	test_line("one", 3, "one");
	test_line("\none\n", 5, NULL);
	test_line("", 0, NULL);
	test_growing();
	test_flaws();
	test_folder();
	unlink("empty");
	unlink("full");
	unlink("more");
	unlink("fifo");
	unlink("line");
	unlink("grown");
	unlink("link");
	if (chdir("/") == -1 || rmdir(folder) == -1)
		return 1;
	return tap_done();
}
