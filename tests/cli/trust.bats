#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Whose words count: who calls, by which name, and where the words come from.
# Nothing listens on port 1: a message that was believed ends with 75 and
# names that port, one that was not with something else.
#
# shellcheck disable=SC2016,SC2030,SC2031 # each test exports for itself

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
	! grep -qa __asan_init "$POSTRIDER" ||
		skip 'such a process cannot look for leaks'
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
	expect 64 'takes no value'
}

# An account that sources give: a file in $OPEN/home, the environment, or
# arguments.
source_argument() {
	WORDS=(--host 127.0.0.1 --port 1 -f a@example.org)
}

source_variable() {
	export POSTRIDER_HOST=127.0.0.1 POSTRIDER_PORT=1
	export POSTRIDER_FROM=a@example.org
}

source_file() {
	printf '%s\n' 'host 127.0.0.1' 'port 1' 'from a@example.org' \
		>"$OPEN/home/$1"
	chown "$2" "$OPEN/home/$1"
	chmod "$3" "$OPEN/home/$1"
}

source_users() {
	source_file .msmtprc 65533 600
}

source_others() {
	source_file .msmtprc 65531 644
}

source_open() {
	source_file .msmtprc 65533 646
}

source_link() {
	source_file target 65531 644
	ln -s target "$OPEN/home/.msmtprc"
	chown -h 65531 "$OPEN/home/.msmtprc"
}

# The caller is user 65533, and so is the owner of the home folder.
caller_user() {
	as 65533 "$@"
}

caller_root() {
	as 0 "$@"
}

caller_set_id() {
	chown 65532 "$OPEN/postrider"
	chmod 4755 "$OPEN/postrider"
	as 65533 "$@"
}

caller_sendmail() {
	mv "$OPEN/postrider" "$OPEN/sendmail"
	ln -s sendmail "$OPEN/postrider"
	status=0
	message | runs 65533 "$OPEN/sendmail" "$@" >stdout 2>stderr ||
		status=$?
	echo "$status" >status
}

caller_as_sendmail() {
	as 65533 "$@" --as-sendmail
}

caller_service() {
	printf '%s\r\n' 'EHLO x' 'MAIL FROM:<a@example.org>' \
		'RCPT TO:<b@example.org>' QUIT >client
	runs 65533 "$OPEN/postrider" "${@:1:$#-1}" -bs <client \
		>stdout 2>stderr || true
	cat stdout >>stderr
}

# How root's arguments come to a service, and its environment, is systemd's
# business; what its clients say is none of these.
@test "who calls, and what is believed" {
	local believed caller source word
	local -a sources verdicts WORDS

	need_root
	export HOME=$OPEN/home
	read -ra sources <<<'argument variable users others open link'
	while read -r caller word; do
		read -ra verdicts <<<"$word"
		for source in "${!sources[@]}"; do
			rm -rf "$HOME" "$OPEN/postrider" "$OPEN/sendmail"
			mkdir "$HOME"
			chown 65533 "$HOME"
			cp "$POSTRIDER" "$OPEN/postrider"
			unset POSTRIDER_HOST POSTRIDER_PORT POSTRIDER_FROM
			WORDS=()
			"source_${sources[source]}"
			"caller_$caller" "${WORDS[@]}" b@example.org
			believed=no
			! grep -qF 127.0.0.1:1 stderr || believed=yes
			[ "$believed" = "${verdicts[source]}" ] || {
				echo "$caller ${sources[source]}: $believed" >&2
				cat stderr >&2
				return 1
			}
		done
	done <<'END'
user        yes yes yes no  no  no
root        yes yes no  no  no  no
set_id      yes no  no  no  no  no
sendmail    no  yes yes no  no  no
as_sendmail no  yes yes no  no  no
service     yes yes yes no  no  no
END
}

# A row is who calls, whose the file is, its mode, and whether it counts.
FILES='0 0 644 yes
0 0 600 yes
0 0 646 no
0 65533 644 no
0 65533 600 no
65533 65533 600 yes
65533 65533 644 yes
65533 65533 664 no
65533 65533 646 no
65533 0 644 yes
65533 0 646 no
65533 65532 644 no
65533 65534 644 no'

# counts FILE NAME [ARGUMENT...]: by the table; errors call the file NAME.
counts() {
	local caller owner mode result

	while read -r caller owner mode result; do
		chown "$owner:65535" "$1"
		chmod "$mode" "$1"
		as "$caller" "${@:3}" b@example.org
		if [ "$result" = yes ]; then
			expect 75 127.0.0.1:1
		elif [ "$owner" -ne "$caller" ] && [ "$owner" -ne 0 ]; then
			expect 78 "$2 belongs to " "uid $owner" \
				"mode 0$mode; we run as uid $caller" 'hint: ' &&
				expect_not 127.0.0.1 'run: ch'
		else
			expect 78 "$2 can be written by others than " \
				"uid $owner" "mode 0$mode" 'hint: ' &&
				expect_not 127.0.0.1
		fi || { echo "row: $caller $owner $mode $result" >&2; return 1; }
	done <<<"$FILES"
}

@test "files that HOME leads to are ours or root's, and only theirs to write" {
	need_root
	export HOME=$OPEN
	accounts_of "$OPEN/.config"
	counts "$OPEN/.config/postrider/accounts" \
		"account file $OPEN/.config/postrider/accounts"
	mv "$OPEN/.config/postrider/accounts" "$OPEN/.msmtprc"
	counts "$OPEN/.msmtprc" "account file $OPEN/.msmtprc"
	# links that root has made, as Kubernetes does
	mv "$OPEN/.msmtprc" "$OPEN/target"
	ln -s target "$OPEN/.msmtprc"
	counts "$OPEN/target" "account file $OPEN/.msmtprc"
	# and all that they include
	rm "$OPEN/.msmtprc"
	echo 'include target' >"$OPEN/.msmtprc"
	counts "$OPEN/target" "account file $OPEN/target"
	# even from a file that counts in any case
	rm "$OPEN/.msmtprc"
	echo 'include ~/target' >"$OPEN/system"
	FILES=$(grep ' no$' <<<"$FILES")
	counts "$OPEN/target" "account file $OPEN/target" -C "$OPEN/system"
}

@test "XDG_CONFIG_HOME: files are ours or root's, and only theirs to write" {
	need_root
	export XDG_CONFIG_HOME=$OPEN/xdg
	accounts_of "$OPEN/xdg"
	counts "$OPEN/xdg/postrider/accounts" \
		"account file $OPEN/xdg/postrider/accounts"
	mkdir "$OPEN/xdg/msmtp"
	mv "$OPEN/xdg/postrider/accounts" "$OPEN/xdg/msmtp/config"
	counts "$OPEN/xdg/msmtp/config" "account file $OPEN/xdg/msmtp/config"
}

@test "a setting with ~: the file that HOME leads to, likewise" {
	need_root
	export HOME=$OPEN
	accounts_of "$OPEN/.config"
	echo 'aliases ~/aliases' >>"$OPEN/.config/postrider/accounts"
	echo 'x: y@example.org' >"$OPEN/aliases"
	counts "$OPEN/aliases" "file $OPEN/aliases"
}

@test "netrc: ours or root's, and only theirs to write" {
	need_root
	printf '%s\n' 'host 127.0.0.1' 'port 1' 'from a@example.org' \
		'auth plain' 'auth_without_tls on' 'user me' \
		>"$OPEN/.msmtprc"
	echo 'default login me password x' >"$OPEN/.netrc"
	export HOME=$OPEN
	FILES=$(grep -v ' 644 \| 664 ' <<<"$FILES")
	counts "$OPEN/.netrc" "netrc file $OPEN/.netrc"
	chown 65533 "$OPEN/.netrc"
	chmod 604 "$OPEN/.netrc"
	as 65533 b@example.org
	expect 78 "$OPEN/.netrc holds a password" "run: chmod 600 $OPEN/.netrc"
	chown 0 "$OPEN/.netrc"
	as 65533 b@example.org
	expect 75 "note: $OPEN/.netrc holds a password, and its mode 0604"
}

# Many systems give each user a group, and the umask 002.
@test "a group that is the owner's own counts as the owner" {
	local name=daemon

	need_root
	[ "$(id -nG "$name")" = "$name" ] && [ -z "$(getent group "$name" |
		cut -d: -f4)" ] || skip "no user $name with such a group"
	export HOME=$OPEN
	accounts_of "$OPEN/.config"
	printf '%s\n' 'auth plain' 'auth_without_tls on' 'user me' \
		'password x' 'queue on' 'retry_for 1' \
		"queue_directory $OPEN/queue" \
		>>"$OPEN/.config/postrider/accounts"
	mkdir "$OPEN/queue"
	chown -R "$name:$name" "$OPEN/.config" "$OPEN/queue"
	chmod 660 "$OPEN/.config/postrider/accounts"
	chmod 770 "$OPEN/queue"
	as "$(id -u "$name")" b@example.org
	expect 0 127.0.0.1:1
	[ "$(find "$OPEN/queue/msg" -type f | wc -l)" -eq 1 ]
	chgrp 65535 "$OPEN/.config/postrider/accounts"
	as "$(id -u "$name")" b@example.org
	expect 78 'can be written by others than'
	chgrp "$name" "$OPEN/.config/postrider/accounts"
	command -v setfacl >/dev/null || return 0
	setfacl -m u:65532:rw "$OPEN/.config/postrider/accounts" ||
		return 0
	as "$(id -u "$name")" b@example.org
	expect 78 'can be written by others than'
}

# What the host has put into a container may belong to a user who has no number
# there; on NFS that can be anybody, and does not count.
@test "an owner outside of our user namespace is who has made it" {
	need_root
	unshare --user --map-root-user true || skip 'no user namespaces'
	export HOME=$OPEN
	accounts_of "$OPEN/.config"
	chown 65532 "$OPEN/.config/postrider/accounts"
	message >m
	status=0
	unshare --user --map-root-user "$OPEN/postrider" b@example.org <m \
		>stdout 2>stderr || status=$?
	echo "$status" >status
	expect 75 127.0.0.1:1
	chown 65534 "$OPEN/.config/postrider/accounts"
	as 0 b@example.org
	expect 78 'belongs to ' 'uid 65534' 'on NFS or in a container'
}

# logs FILE RESULT: does a message's line get into that log file?
logs() {
	message | postrider --host 127.0.0.1 --port 1 -f a@example.org \
		--logfile="$1" b@example.org
	if [ "$2" = no ]; then
		expect 75 "note: the log file $1 cannot be written: there is" \
			'a symbolic link in a folder that others can write'
	else
		expect 75 && expect_not note:
	fi || { echo "log: $1" >&2; return 1; }
}

@test "a log file is not opened by a link in a folder that others can write" {
	local file

	mkdir -m 755 ours ours/in proc
	mkdir -m 777 open open/in
	mkdir -m 1777 sticky
	ln -s "$PWD/ours/target" open/link
	ln -s "$PWD/ours/target" sticky/link
	ln -s "$PWD/ours/missing" sticky/dangling
	ln -s "$PWD/ours" open/folder
	ln -s ../open/folder ours/through
	ln -s open/folder/target by
	touch ours/target
	for file in open/link sticky/link sticky/dangling open/folder/target \
		open/folder/in/target open/in/../link ours/through/target by; do
		logs "$file" no
		logs "$PWD/$file" no
	done
	[ ! -s ours/target ]
	[ ! -e ours/missing ]
	[ ! -e ours/in/target ]
	# links in a folder of ours are, and files without a link
	ln -s in/file ours/link
	ln -s "$PWD/ours/in" ours/deep
	ln -s /dev/stdout ours/output
	for file in ours/link ours/deep/file open/file sticky/file \
		open/../proc/file proc/file .//ours//in/file; do
		logs "$file" yes
		grep -q 'host=127.0.0.1 ' "$file"
		: >"$file"
		logs "$PWD/$file" yes
		grep -q 'host=127.0.0.1 ' "$file"
	done
	for file in ours/output /dev/stdout /dev/fd/1 /proc/self/fd/1; do
		logs "$file" yes
		grep -q 'host=127.0.0.1 ' stdout
	done
	ln -s circle ours/circle
	message | postrider --host 127.0.0.1 --port 1 -f a@example.org \
		--logfile=ours/circle b@example.org
	expect 75 'cannot be written'
}

@test "a log file is not opened by a link in somebody else's folder" {
	need_root
	mkdir "$OPEN/bob"
	ln -s "$PWD/target" "$OPEN/bob/log"
	chown -h 65533 "$OPEN/bob" "$OPEN/bob/log"
	logs "$OPEN/bob/log" no
	[ ! -e target ]
	rm "$OPEN/bob/log"
	logs "$OPEN/bob/log" yes
}
