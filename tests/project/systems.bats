#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# What only other systems have is compiled here against their prototypes, and
# everything without what they lack, so that it does not rot unseen.  Whether
# it works there this cannot show.

# shellcheck disable=SC2034 # helper.bash's variables

load ../helper

# compiles FILE LINE...: with these lines in place of config.h
compiles() {
	local file=$1

	shift
	mkdir -p other/sys
	printf '%s\n' "$@" '#define PACKAGE_VERSION "0"' >other/config.h
	"${CC:-cc}" -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -fsyntax-only \
		-Iother -I"$ROOT/src" "$ROOT/src/$file"
}

@test "confinement: OpenBSD's, FreeBSD's, and none" {
	mkdir -p other/sys
	echo 'int cap_enter(void);' >other/sys/capsicum.h
	compiles base/confine.c '#define HAVE_PLEDGE 1' \
		'#define HAVE_UNVEIL 1' \
		'int pledge(const char *, const char *);' \
		'int unveil(const char *, const char *);'
	compiles base/confine.c '#define HAVE_CAP_ENTER 1'
	compiles base/confine.c
}

# lacking HEADER...: in other/, one that includes what POSIX has and takes away
# what is not there or not everywhere, and those headers, which are an error.
lacking() {
	local header name
	local -a names=(HOST_NAME_MAX LOGIN_NAME_MAX PATH_MAX O_PATH O_TMPFILE
		POLLRDHUP SO_PEERCRED MAP_ANONYMOUS CLOCK_BOOTTIME EAI_NODATA
		EAI_ADDRFAMILY ENODATA ENONET EBADFD EREMOTEIO TCP_KEEPIDLE
		TCP_QUICKACK TCP_CORK TCP_USER_TIMEOUT MSG_NOSIGNAL SOCK_CLOEXEC
		SOCK_NONBLOCK)

	for header; do
		mkdir -p "$(dirname "other/$header")"
		echo "#error \"there is no <$header>\"" >"other/$header"
	done
	# what is no macro gets another name
	for name in MSG_NOSIGNAL SOCK_CLOEXEC SOCK_NONBLOCK; do
		echo "#define $name linux_$name"
	done
	echo '#define st_mtim st_mtimespec'
	printf '#include <%s.h>\n' sys/types sys/file sys/mman sys/resource \
		sys/socket sys/stat sys/statvfs sys/time sys/un sys/wait \
		dirent errno fcntl glob limits netdb netinet/in netinet/tcp \
		poll stdio stdlib string time unistd
	printf '#undef %s\n' "${names[@]}"
	cat <<'END'
#undef st_mtim
#undef st_mtime
#define st_mtime st_mtimespec.tv_sec
#pragma GCC poison st_atim st_ctim explicit_bzero getentropy memmem
#pragma GCC poison fdatasync posix_fadvise posix_fallocate clock_nanosleep
#pragma GCC poison mkostemp reallocarray qsort_r strchrnul memrchr ppoll
#pragma GCC poison accept4 pipe2 dup3 renameat2 syncfs getresuid getresgid
END
}

# And char is unsigned, as it is on ARM.
@test "what macOS or a BSD lacks is not needed" {
	mkdir -p other
	lacking linux/landlock.h linux/seccomp.h linux/filter.h linux/audit.h \
		sys/auxv.h sys/prctl.h sys/random.h sys/sendfile.h sys/xattr.h \
		sys/syscall.h arpa/nameser.h resolv.h byteswap.h malloc.h \
		>other/lacking.h
	printf '%s\n' '#define HAVE_STRUCT_STAT_ST_MTIMESPEC 1' \
		'#define PACKAGE_VERSION "0"' '#define PACKAGE_URL ""' \
		'#define PACKAGE_BUGREPORT ""' >other/config.h
	# shellcheck disable=SC2046,SC2086 # lists of words
	(cd "$ROOT" && sources=$(find src tests/smarthost -name '*.c' |
		grep -v "${OAUTH2_PROGRAM:-^src/oauth2/}") &&
		"${CC:-cc}" -std=c11 -D_DEFAULT_SOURCE -D_FILE_OFFSET_BITS=64 \
			-funsigned-char -U__linux__ -DSYSCONFDIR='""' \
			-DLOCALSTATEDIR='""' -DBINDIR='""' \
			-include "$OLDPWD/other/lacking.h" \
			-I"$OLDPWD/other" -Isrc -Wall -Wextra -Werror \
			-fsyntax-only $(sed -n \
			's/^\(GNUTLS\|GSASL\|IDN2\|CURL\|JSON\)_CFLAGS = //p' \
			config.mk) $sources)
}
