# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# What the tests of README and of the man pages' examples share: `load
# ../helper', then this. A test takes a block from the document and runs that;
# what it replaces is said here:
#
#	the host of an account is localhost, its port the smarthost's; TLS is as
#	the account has it, by the port, and its trust is the tests' CA
#	~ is the test's folder, and so is what /etc, /run, /usr and /var are in
#	sudo(8) is no other user, and package managers and systemctl(1) do nothing
#
#	block DOCUMENT START	the block that begins so, into the file `block`
#	typed			it, without the "$ " or "# " in front
#	here			paths, replaced in standard input
#	sh_run			the commands of standard input; stdout, stderr, status
#	served OPTION...	a smarthost for the account in standard input
#	token_lines		`oauth2` in standard input, by what it stands for
#	stands_in NAME		standard input as a program in front of others
#	keyring			a secret-tool that keeps one password
#	all_run DOCUMENT...	each block of them was taken by a test before
#
# A block that nobody takes fails all_run: whoever adds one adds its test.

# shellcheck disable=SC2034 # ACCOUNT is the helper's

export CLAIMED=${BATS_FILE_TMPDIR:-}/claimed

documents_setup() {
	local name

	postrider_setup
	mkdir bin .config .config/postrider
	ln -s "$POSTRIDER" bin/postrider
	# shellcheck disable=SC2016 # for the program
	stands_in sudo <<<'exec "$@"'
	for name in apt systemctl systemd-sysusers; do
		stands_in "$name" <<<"echo $name \"\$*\" >>\"$PWD/called\""
	done
	PATH=$PWD/bin:$PATH
	ACCOUNT=$PWD/.config/postrider/accounts
}

block() {
	local found

	found=$("$ROOT/tests/project/blocks" "$ROOT/$1" | START=$2 awk -F '\t' '
		{
			text[$1] = text[$1] substr($0, length($1) + 2) "\n"
		}
		END {
			start = ENVIRON["START"]
			for (n in text) {
				if (text[n] == start "\n") {
					number = n
					found = 1
					break
				}
				if (index(text[n], start) == 1) {
					number = n
					found++
				}
			}
			if (found == 1)
				printf "%s\n%s", number, text[number]
		}')
	[ -n "$found" ] || {
		echo "$1 has not one block that begins with: $2" >&2
		return 1
	}
	echo "$1 ${found%%$'\n'*}" >>"$CLAIMED"
	printf '%s\n' "${found#*$'\n'}" >block
}

typed() {
	sed 's/^[$#] //' block
}

here() {
	sed "s,\(^\|[ '=>]\)/\(etc\|run\|usr\|var\)/,\1$PWD/\2/,g"
}

sh_run() {
	status=0
	timeout -k 5 "$LIMIT" sh -u >stdout 2>stderr || status=$?
	echo "$status" >status
}

served() {
	local starttls=on
	local -a lines

	cat >account
	if grep -qx 'port 465' account; then
		set -- --implicit-tls "$@"
		starttls=off
	fi
	smarthost_serve --require-tls "$@"
	mapfile -t lines < <(sed "s/^host .*/host localhost/
		s,^port .*,port $PORT," account | here)
	account_file "${lines[@]}" 'tls on' "tls_starttls $starttls" \
		"tls_trust_file $CERTS/ca.pem"
}

# tests/oauth2/setting.bats has the setting itself.
token_lines() {
	awk '$1 == "user" { user = 1 }
		$1 != "oauth2" { print; next }
		{
			print "auth xoauth2"
			if (!user)
				print "user " $2
			print "passwordeval postrider-oauth2 token " $2
		}'
}

stands_in() {
	rm -f "bin/$1"
	{
		echo '#!/bin/sh'
		cat
	} >"bin/$1"
	chmod 755 "bin/$1"
}

keyring() {
	stands_in secret-tool <<'END'
verb=$1
[ "$verb" = lookup ] || shift
shift
words=$(printf '%s ' "$@" | xargs -n 2 | sort)
case $verb in
store)
	cat >~/kept.secret
	echo "$words" >~/kept
	;;
lookup)
	[ "$words" = "$(cat ~/kept)" ] && cat ~/kept.secret
	;;
esac
END
	export XDG_RUNTIME_DIR=$PWD
}

all_run() {
	local document

	for document in "$@"; do
		"$ROOT/tests/project/blocks" "$ROOT/$document" |
			sort -u -k 1,1n | sed "s,^,$document ,"
	done | awk '
		NR == FNR { taken[$1, $2]; next }
		!(($1, $2) in taken) { print "no test takes: " $0; n++ }
		END { exit n != 0 }' "$CLAIMED" -
}
