/* SPDX-License-Identifier: ISC */
/*
 * A fuzz target without a fuzzer: hands it every input of its corpus once, so
 * that what was found once is tested by every `make check'.  Speaks TAP, one
 * test for the whole corpus; the corpus is that of the name that we are called
 * by.  Each input is named before it is tried: the last one named is the one
 * that the target died of.
 */

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CORPUS		"tests/fuzz/corpus"
/* libFuzzer's own limit where a corpus has no longer input. */
#define INPUT_MAX	((size_t)1024 * 1024)

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static int
replay(const char *folder, const char *name)
{
	static char	 path[4096];
	static uint8_t	 room[INPUT_MAX];
	uint8_t		*input;
	FILE		*file;
	size_t		 len;
	int		 failed, written;

	written = snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (written < 0 || (size_t)written >= sizeof(path))
		return -1;
	printf("# %s\n", path);
	fflush(stdout);
	if ((file = fopen(path, "rb")) == NULL) {
		printf("# %s\n", strerror(errno));
		return -1;
	}
	len = fread(room, 1, sizeof(room), file);
	failed = ferror(file);
	fclose(file);
	/* Exactly as long as the input: a sanitizer sees one octet too many. */
	if (failed || (input = malloc(len > 0 ? len : 1)) == NULL)
		return -1;
	memcpy(input, room, len);
	LLVMFuzzerTestOneInput(input, len);
	free(input);
	return 0;
}

int
main(int argc, char **argv)
{
	static char	 folder[4096];
	const char	*name;
	struct dirent	*entry;
	DIR		*dir;
	size_t		 inputs = 0;
	int		 ok = 1;

	(void)argc;
	name = strrchr(argv[0], '/');
	name = name != NULL ? name + 1 : argv[0];
	snprintf(folder, sizeof(folder), "%s/%s", CORPUS, name);
	printf("1..1\n");
	if ((dir = opendir(folder)) == NULL) {
		printf("not ok 1 - %s: %s\n", folder, strerror(errno));
		return 1;
	}
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		inputs++;
		if (replay(folder, entry->d_name) == -1)
			ok = 0;
	}
	closedir(dir);
	if (inputs == 0)
		ok = 0;
	printf("%sok 1 - %s: %zu inputs\n", ok ? "" : "not ", folder, inputs);
	return ok ? 0 : 1;
}
