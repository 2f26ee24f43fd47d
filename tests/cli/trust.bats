#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Whose words count: who calls, by which name, and where the words come from.
# Nothing listens on port 1: a message that was believed ends with 75 and
# names that port, one that was not with something else.

load ../helper

teardown() {
	if [ -n "${OPEN:-}" ]; then
		rm -rf "$OPEN"
	fi
	postrider_teardown
}

# A folder that any user can enter, with the program in it.
need_root() {
	[ "$(id -u)" -eq 0 ] || skip 'only root can become somebody else'
	command -v setpriv >/dev/null || skip 'no setpriv'
	OPEN=$(mktemp -d /tmp/postrider-XXXXXX)
	chmod 755 "$OPEN"
	cp "$POSTRIDER" "$OPEN/postrider"
}

# A program that runs by the rights of user 65532, whoever calls it.
need_set_id() {
	need_root
	chown 65532 "$OPEN/postrider"
	chmod 4755 "$OPEN/postrider"
	[ "$(runs 65533 stat -f -c %i "$OPEN")" ] ||
		skip 'no other user can be'
}

# runs UID COMMAND...: as that user, without name and without home.
runs() {
	local uid=$1

	shift
	timeout -k 5 "$LIMIT" setpriv --reuid="$uid" --regid="$uid" \
		--clear-groups "$@"
}

# as UID ARGUMENT...: the program, with a message.
as() {
	local status=0 uid=$1

	shift
	message | runs "$uid" "$OPEN/postrider" "$@" >stdout 2>stderr ||
		status=$?
	echo "$status" >status
}

accounts_of() {
	mkdir -p "$1/postrider"
	printf '%s\n' 'host 127.0.0.1' 'port 1' 'from a@example.org' \
		>"$1/postrider/accounts"
}

@test "set-id: no variable of the caller's is believed" {
	local variable

	need_set_id
	for variable in POSTRIDER_HOST=127.0.0.1 SMTPSERVER=127.0.0.1; do
		export "${variable?}" POSTRIDER_PORT=1 EMAIL=a@example.org
		as 65532 b@example.org
		expect 75 127.0.0.1
		as 65533 b@example.org
		expect 78 'there is no account' 'in a set-id process'
		expect_not 127.0.0.1
		unset "${variable%%=*}"
	done
}

@test "set-id: no user's file is read, whosever it is" {
	need_set_id
	accounts_of "$OPEN/xdg"
	accounts_of "$OPEN/.config"
	export XDG_CONFIG_HOME=$OPEN/xdg
	as 65532 b@example.org
	expect 75 127.0.0.1:1
	as 65533 b@example.org
	expect 78 'in a set-id process'
	unset XDG_CONFIG_HOME
	export HOME=$OPEN
	as 65532 b@example.org
	expect 75 127.0.0.1:1
	as 65533 b@example.org
	expect 78 'in a set-id process'
	expect_not "$OPEN/.config"
}

@test "set-id: CREDENTIALS_DIRECTORY, TMPDIR, PATH and HOME do not count" {
	need_set_id
	echo secret >"$OPEN/word"
	chown 65532 "$OPEN/word"
	chmod 600 "$OPEN/word"
	printf '%s\n' 'host 127.0.0.1' 'port 1' 'from a@example.org' \
		'auth plain' 'auth_without_tls on' 'user me' \
		>"$OPEN/none"
	export CREDENTIALS_DIRECTORY=$OPEN
	as 65532 -C "$OPEN/none" --password-file=word b@example.org
	expect 75 127.0.0.1:1
	as 65533 -C "$OPEN/none" --password-file=word b@example.org
	expect 78 'CREDENTIALS_DIRECTORY is not set'
	as 65533 -C "$OPEN/none" --passwordeval='echo "<$PATH>" >&2; false' \
		b@example.org
	expect 78 '</usr/local/bin:/usr/bin'
	as 65533 -C "$OPEN/none" --logfile='~/log' b@example.org
	[ ! -e "$HOME/log" ]
}

@test "SSLKEYLOGFILE is ignored, whoever calls" {
	smarthost_serve
	account_file 'host localhost' "port $PORT" 'tls on' \
		"tls_trust_file $CERTS/ca.pem" 'from alice@example.org'
	message | SSLKEYLOGFILE=$PWD/keys submit bob@example.net
	expect 0
	[ ! -e keys ]
}

# The arguments of an attacker around it cannot undo it.
@test "--as-sendmail counts wherever it stands" {
	local row

	accounts_of "$HOME/.config"
	while read -r row; do
		# shellcheck disable=SC2086
		message | postrider $row
		expect 64 || { echo "row: $row" >&2; return 1; }
		[ ! -e ran ]
	done <<'END'
--as-sendmail --passwordeval=touch${IFS}ran b@example.org
--passwordeval=touch${IFS}ran b@example.org --as-sendmail
--passwordeval=touch${IFS}ran -- b@example.org --as-sendmail
-F --as-sendmail x --passwordeval=touch${IFS}ran b@example.org
--passwordeval=touch${IFS}ran b@example.org -F --as-sendmail
--passwordeval --as-sendmail touch${IFS}ran b@example.org
-ti --as-sendmail -X log
-ti --as-sendmail --host 127.0.0.2
-X log b@example.org -oQ --as-sendmail
END
	[ ! -e log ]
	message | postrider -t -i --as-sendmail
	expect 75 127.0.0.1:1
	message | postrider --as-sendmail -- b@example.net
	expect 75 127.0.0.1:1
	message | postrider -t --as-send
	expect 64 'cannot be shortened'
	message | postrider -t --as-sendmail=off
	expect 64 'has no value'
}
