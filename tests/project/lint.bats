#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# The project's own rules; for each rule a tree that keeps it, this one, and
# seeded trees that do not.

load ../helper

rules() {
	"$ROOT/tests/lint/rules" "$@" "$BATS_TEST_TMPDIR/tree"
}

# kept RULE: the tree that these tests come with keeps it.
kept() {
	"$ROOT/tests/lint/rules" "$1" "$ROOT"
}

# seed FILE: standard input becomes that file of a small tree.
seed() {
	mkdir -p "tree/$(dirname "$1")"
	cat >"tree/$1"
}

# breach RULE TEXT: the small tree breaks the rule, in this way and in no other.
breach() {
	local said

	if said=$(rules "$1"); then
		echo "rule $1 found nothing" >&2
		return 1
	fi
	if [ "$said" != "$2" ]; then
		printf 'rule %s says: %s\nexpected: %s\n' "$1" "$said" "$2" >&2
		return 1
	fi
}

@test "layers: the tree keeps them" {
	kept layers
}

@test "layers: an include from a later folder is found" {
	seed src/base/fault.h <<<'#include <stdio.h>'
	seed src/smtp/reply.c <<<'#include "base/fault.h"'
	rules layers
	seed src/smtp/session.c <<<'# include "config/account/account.h"'
	breach layers 'src/smtp/session.c:1: smtp must not know config'
}

@test "layers: mail and wire do not know each other" {
	seed src/mail/address.c <<<'#include "wire/conn.h"'
	breach layers 'src/mail/address.c:1: mail must not know wire'
	seed src/mail/address.c <<<'#include "base/text.h"'
	seed src/wire/conn.c <<<'#include "mail/message.h"'
	breach layers 'src/wire/conn.c:1: wire must not know mail'
}

@test "layers: main may know all, and nothing else is outside a folder" {
	seed src/main.c <<<'#include "cli/cmdline.h"'
	rules layers
	seed src/wire/conn.c <<<'#include "conn.h"'
	breach layers 'src/wire/conn.c:1: not relative to src/: "conn.h"'
	rm tree/src/wire/conn.c
	seed src/tools/x.c <<<'#include <stdio.h>'
	breach layers 'src/tools/x.c:1: no such layer: tools'
}

@test "layers: a subfolder belongs to its folder" {
	seed src/smtp/sasl/sasl.c <<<'#include "smtp/reply.h"'
	seed src/smtp/session.c <<<'#include "smtp/sasl/sasl.h"'
	rules layers
	seed src/smtp/sasl/token.c <<<'#include "delivery/link.h"'
	breach layers 'src/smtp/sasl/token.c:1: smtp must not know delivery'
}

@test "layers: the token program shares base with the other, nothing else" {
	seed src/oauth2/json.h <<<'#include <stddef.h>'
	seed src/oauth2/grant.c <<<$'#include "base/fault.h"\n#include "oauth2/json.h"'
	rules layers
	seed src/oauth2/main.c <<<'#include "mail/address.h"'
	breach layers 'src/oauth2/main.c:1: oauth2 must not know mail'
	rm tree/src/oauth2/main.c
	seed src/cli/argv.c <<<'#include "oauth2/json.h"'
	breach layers 'src/cli/argv.c:1: cli must not know oauth2'
	rm tree/src/cli/argv.c
	seed src/main.c <<<'#include "oauth2/json.h"'
	breach layers 'src/main.c:1: main must not know oauth2'
}

@test "circles: the tree has none" {
	kept circles
}

# compiled FILE: standard input is seeded as src/FILE.c and compiled.
compiled() {
	seed "src/$1.c"
	mkdir -p "$(dirname "$BUILD/obj/src/$1")"
	"${CC:-cc}" -c -o "$BUILD/obj/src/$1.o" "tree/src/$1.c"
}

@test "circles: files that call each other are found, by others, too" {
	BUILD=$BATS_TEST_TMPDIR/build
	export BUILD
	mkdir tree
	breach circles 'nothing to look at'
	compiled base/a <<<'int b(void); int a(void); int a(void) { return b(); }'
	compiled mail/b <<<'extern int c; int b(void); int b(void) { return c; }'
	compiled mail/c <<<'int c;'
	rules circles
	compiled mail/d <<<'int a(void); int d(void); int d(void) { return a(); }'
	rules circles
	compiled mail/c <<<'int c; int d(void); int e(void) { return d(); }'
	breach circles 'circle: base/a (b) mail/b (c) mail/c (d) mail/d (a) base/a'
	# what is left of a file that is gone counts no more
	rm tree/src/mail/d.c
	rules circles
}

@test "environment: one file of the tree reads it" {
	kept environment
}

@test "environment: another reader is found" {
	seed src/base/variable.c <<<'x = getenv("X"); y = environ;'
	seed src/base/a.c <<<'/* getenv(3), environ */ x = variable_get("environ");'
	rules environment
	seed src/base/a.c <<<'x = getenv ("X");'
	breach environment 'src/base/a.c:1: not the owner of the environment'
	seed src/base/a.c <<<'x = secure_getenv("X");'
	breach environment 'src/base/a.c:1: not the owner of the environment'
	seed src/base/a.c <<<'extern char **environ;'
	breach environment 'src/base/a.c:1: not the owner of the environment'
}

@test "foreign headers: the tree keeps them with their owners" {
	kept foreign
}

@test "foreign headers: an include outside the owner is found" {
	seed src/wire/tls/tls.c <<<'#include <gnutls/gnutls.h>'
	seed src/wire/tls/trust.c <<<'#include <gnutls/x509.h>'
	seed src/smtp/sasl/sasl.c <<<'#include <gsasl.h>'
	seed src/base/fault.c <<<'#include <sysexits.h>'
	rules foreign
	seed src/smtp/session.c <<<'#include <gnutls/crypto.h>'
	breach foreign \
		'src/smtp/session.c:1: not the owner of gnutls/crypto.h'
	seed src/smtp/session.c <<<'#include <gsasl.h>'
	breach foreign 'src/smtp/session.c:1: not the owner of gsasl.h'
	seed src/smtp/session.c <<<'#include <sysexits.h>'
	breach foreign 'src/smtp/session.c:1: not the owner of sysexits.h'
}

@test "foreign headers: libcurl, json-c and GnuTLS in the token program" {
	seed src/oauth2/http.c <<<'#include <curl/curl.h>'
	seed src/oauth2/json.c <<<'#include <json-c/json.h>'
	seed src/oauth2/jwt.c <<<'#include <gnutls/abstract.h>'
	rules foreign
	seed src/oauth2/grant.c <<<'#include <curl/curl.h>'
	breach foreign 'src/oauth2/grant.c:1: not the owner of curl/curl.h'
	seed src/oauth2/grant.c <<<'#include <json-c/json_object.h>'
	breach foreign \
		'src/oauth2/grant.c:1: not the owner of json-c/json_object.h'
	seed src/oauth2/grant.c <<<'#include <gnutls/gnutls.h>'
	breach foreign 'src/oauth2/grant.c:1: not the owner of gnutls/gnutls.h'
}

@test "foreign headers: a header of ours that hands one on is found" {
	seed src/wire/tls/private.h <<<'#include <gnutls/gnutls.h>'
	seed src/wire/tls/trust.c <<<'#include "wire/tls/private.h"'
	rules foreign
	seed src/smtp/session.c <<<'#include "wire/tls/private.h"'
	breach foreign \
		'src/smtp/session.c:1: not the owner of wire/tls/private.h'
}

@test "the smarthost shares no code with the program" {
	kept smarthost
	seed tests/smarthost/peer.c <<<'#include "peer.h"'
	rules smarthost
	seed tests/smarthost/peer.c <<<'#include "base/buffer.h"'
	breach smarthost \
		'tests/smarthost/peer.c:1: the smarthost uses the code under test'
}

@test "length: no function of the tree is too long" {
	kept length
}

@test "length: a long function is found" {
	local body

	body=$(yes $'\tx++;' | head -n 59)
	seed src/base/a.c <<<$'int\nfit(int x)\n{\n'"$body"$'\n}'
	rules length
	seed src/base/a.c <<<$'int\nlong_one(int x)\n{\n'"$body"$'\n\tx++;\n}'
	breach length \
		'src/base/a.c:3: long_one has 61 lines, 60 are allowed'
}

@test "columns: no line of C is too wide" {
	kept columns
}

@test "columns: a wide line is found, a tab has its width" {
	seed src/base/clock.c <<<"$(printf '\t\t%064d' 0)"
	rules columns
	seed src/base/fault.c <<<"$(printf '\t\t%065d' 0)"
	breach columns 'src/base/fault.c:1: 81 columns, 80 are allowed'
}

@test "banned functions: the tree has none" {
	kept banned
}

@test "banned functions: a call is found, a mention is not" {
	seed src/base/a.c <<'END'
/* strcpy(a, b)
   strcat(a, b) */
const char *s = "system(x) \" gets(y)";	// atoi(s)
int my_gets(int fgets(int), int c), snprintf(int);
char c = '"'; /* " */
END
	rules banned
	seed src/base/b.c <<<$'\n\tfoo("x"); if (c == \'"\') (void)strcpy (a, "b");'
	breach banned 'src/base/b.c:2: strcpy is banned'
}

@test "licence: every file names it" {
	kept licence
}

@test "licence: a file without it is found" {
	seed src/base/a.c <<<'/* SPDX-License-Identifier: ISC */'
	seed COPYING <<<'ISC'
	rules licence
	seed src/base/b.c <<<'int a;'
	breach licence 'src/base/b.c: no SPDX-License-Identifier: ISC'
}

@test "options: --help and postrider(1) name the same" {
	kept options
}

@test "options: one that is only on one side is found" {
	POSTRIDER=$BATS_TEST_TMPDIR/program
	OAUTH2_PROGRAM=
	export POSTRIDER OAUTH2_PROGRAM
	cat >program <<'END'
#!/bin/sh
echo 'usage: program [--not-this]'
echo '  -a, --account=NAME  send by it'
echo '  --host NAME         send to --host'
END
	chmod +x program
	seed man/postrider.1 <<'END'
.It Fl a Ar name , Fl Fl account Ns = Ns Ar name
.It Fl Fl host Ar name
see
.Fl Fl other
END
	rules options
	echo "echo '  --debug'" >>program
	breach options 'debug: only in --help'
	seed man/postrider.1 <<'END'
.It Fl Fl account , Fl Fl host , Fl Fl debug , Fl Fl loud
END
	breach options 'loud: only in postrider.1'
}

@test "settings: the table and postrider-accounts(5) name the same" {
	kept settings
}

@test "settings: one that is only on one side is found" {
	seed src/config/option/rows.h <<'END'
ROW(HOST, host, STRING, "NAME", "none",
    "smarthost")
TOGGLE(PORT, port, "off", "help")
END
	seed man/postrider-accounts.5 <<'END'
.It Ic account Ar name
.It Ic host Ar name
.It Ic port Ar number
END
	rules settings
	echo 'ROW(USER, user, STRING)' >>tree/src/config/option/rows.h
	breach settings 'user: only in the-option-table'
	seed man/postrider-accounts.5 <<'END'
.It Ic host
.It Ic port
.It Ic user
.It Ic tls_crl_file
END
	breach settings 'tls_crl_file: only in postrider-accounts.5'
}
