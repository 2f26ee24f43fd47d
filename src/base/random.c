/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#ifdef HAVE_SYS_RANDOM_H
#include <sys/random.h>
#endif

#include "base/random.h"

static int
random_device(unsigned char *p, size_t n)
{
	int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
	ssize_t got = 0;

	if (fd == -1)
		return -1;
	while (n > 0) {
		got = read(fd, p, n);
		if (got == -1 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		p += got;
		n -= (size_t)got;
	}
	close(fd);
	return n == 0 ? 0 : -1;
}

int
random_bytes(void *p, size_t n)
{
#ifdef HAVE_GETENTROPY
	if (getentropy(p, n) == 0)
		return 0;
#endif
	return random_device(p, n);
}
