#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# What only other systems have is compiled here against their prototypes, so
# that it does not rot unseen.  Whether it works there this cannot show.

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
