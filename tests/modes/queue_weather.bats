#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# What is kept in the queue and what is not, whatever the weather: each row is
# one thing that goes wrong, and what is kept is delivered when it is over.

load ../helper

teardown() {
	[ -z "${PLACE:-}" ] || umount "$PLACE" 2>/dev/null || true
	[ -z "${PLACE:-}" ] || rmdir "$PLACE" 2>/dev/null || true
	postrider_teardown
}

# queued LINE...: an account with a queue, whose server is at $PORT, with our
# own CA where there is TLS.
queued() {
	QUEUE=${QUEUE:-$BATS_TEST_TMPDIR/queue}
	account_file 'host localhost' "port $PORT" 'from alice@example.org' \
		"tls_trust_file $CERTS/ca.pem" 'timeout 20' 'queue on' \
		'address_family ipv4' "queue_directory $QUEUE" "$@"
}

# waiting N [FOLDER]: so many messages are there.
waiting() {
	local there

	there=$(find "$QUEUE/${2:-msg}" -type f 2>/dev/null | wc -l)
	[ "$there" -eq "$1" ] || {
		printf '%s messages in %s, not %s\n' "$there" "${2:-msg}" \
			"$1" >&2
		return 1
	}
}

# kept TEXT...: the last submission ended so.
kept() {
	expect 0 'kept in the queue as ' "$@"
	[ "$(wc -l <stderr)" -eq 1 ]
	waiting 1
}

# It is over: a run delivers what is there, all of it the message that was
# kept, and leaves nothing.
delivered() {
	smarthost_serve
	queued 'tls on' 'tls_starttls on'
	submit -q
	expect 0
	waiting 0
	waiting 0 dead
	waiting 0 state
	smarthost_stop
	grep -qx 'rcpt <bob@example.net>' "$CAPTURE/1.envelope"
	grep -q '^Hello, Bob' "$CAPTURE/1.message"
	[ ! -e "$CAPTURE/2.message" ]
	rm -rf "$CAPTURE"
}

# Every row: what the server refuses, by which reply.
@test "replies that another try can do better than" {
	local command reply

	while IFS='|' read -r command reply; do
		echo "row: $command $reply" >&2
		smarthost_serve --refuse "$command=$reply"
		queued 'tls on' 'tls_starttls on'
		message | submit bob@example.net
		kept "${reply%%\\*}"
		server_end
		delivered
	done <<'END'
EHLO*|550 5.7.1 not you
EHLO*|421 4.3.2 not now
STARTTLS|502 5.5.1 no
STARTTLS|454 4.7.0 no TLS at present
MAIL*|450 4.2.1 later
MAIL*|421 4.3.2 going down
RCPT*|450 4.2.1 greylisted
RCPT*|452 4.5.3 too many
.|451 4.3.0 later
.|421 4.3.2 going down
.|550 5.4.5 Daily user sending quota exceeded.
.|554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException
MAIL*|550 5.4.5 Daily user sending quota exceeded.
RCPT*|550 5.4.5 Daily user sending quota exceeded.
END
}

@test "greetings that another try can do better than" {
	local greeting

	while read -r greeting; do
		echo "row: $greeting" >&2
		play <<END
S: $greeting
C? QUIT
END
		queued 'tls off'
		message | submit bob@example.net
		smarthost_wait
		kept
		delivered
	done <<'END'
554 5.7.1 no service for you
421 4.3.2 not now
450 busy
HTTP/1.0 302 Found
SSH-2.0-OpenSSH_9.2
END
}

@test "a captive portal that answers TLS by a certificate of its own" {
	smarthost_serve --cert "$CERTS/foreign.pem" --key "$CERTS/foreign.key" \
		--implicit-tls
	queued 'tls on' 'tls_starttls off'
	message | submit bob@example.net
	kept certificate
	server_end || true
	smarthost_serve --cert "$CERTS/expired.pem" \
		--key "$CERTS/expired.key" --implicit-tls
	queued 'tls on' 'tls_starttls off'
	submit -q
	expect 75 certificate
	waiting 1
	server_end || true
	delivered
}

@test "a captive portal that knows no TLS, cuts, or says nothing" {
	local line

	for line in '! tls fail' '! close' '! reset' '! stall'; do
		echo "row: $line" >&2
		play <<<"$line"
		queued 'tls on' 'tls_starttls on' 'timeout 1'
		[ "$line" != '! tls fail' ] || queued 'tls on' \
			'tls_starttls off'
		message | submit bob@example.net
		smarthost_wait
		kept
		delivered
	done
}

@test "nobody listens, and no route" {
	PORT=1
	queued 'tls off'
	message | submit bob@example.net
	kept 'Connection refused'
	delivered
	# reserved (RFC 5737): whatever becomes of it, nobody answers
	PORT=25
	queued 'tls off' 'host 192.0.2.1' 'timeout 1'
	message | submit bob@example.net
	kept 192.0.2.1
	delivered
}

@test "dead IPv6" {
	PORT=25
	# reserved (RFC 3849)
	queued 'tls off' 'host 2001:db8::1' 'address_family ipv6' 'timeout 1'
	message | submit bob@example.net
	kept 2001:db8::1
	delivered
}

# offline ZONE [OPTION...]: a submission where that is all that the name
# server knows.
offline() {
	local status=0

	printf '%s\n' "$1" >zone
	shift
	message >letter
	NAMESERVER=${NAMESERVER:-$BUILD/tests/nameserver} timeout -k 5 "$LIMIT" \
		"$ROOT/tests/nameserver/run" zone "$POSTRIDER" -C "$ACCOUNT" \
		"$@" >stdout 2>stderr <letter || status=$?
	[ "$status" -ne 125 ] || skip 'no namespaces for a name server'
	echo "$status" >status
}

@test "a resolver that is silent, fails, or knows no name" {
	local zone

	PORT=25
	for zone in 'mail.example.org silent' 'mail.example.org rcode 2' \
		'other.example.org a 127.0.0.1'; do
		echo "row: $zone" >&2
		queued 'tls off' 'host mail.example.org' 'timeout 2' \
			'address_family any'
		offline "$zone" bob@example.net
		kept mail.example.org
		# the same again: it stays, and the run says so
		offline "$zone" -q
		expect 75 mail.example.org
		waiting 1
		delivered
	done
}

@test "what cannot be a host name is 68, and not kept" {
	local host

	PORT=25
	for host in mail..example.org "$(printf 'x%.0s' {1..300}).org"; do
		echo "row: $host" >&2
		queued 'tls off' "host $host"
		message | submit bob@example.net
		expect 68
		expect_not 'kept in the queue as'
		waiting 0
	done
}

@test "no route at all: a namespace without a network" {
	local how=''

	unshare --net true 2>/dev/null || how=--map-root-user
	unshare $how --net true 2>/dev/null || skip 'no namespaces'
	PORT=25
	queued 'tls off' 'host 192.0.2.1'
	message >letter
	# the owner of the queue is the same in there
	# shellcheck disable=SC2086
	unshare $how --net "$POSTRIDER" -C "$ACCOUNT" bob@example.net \
		<letter >stdout 2>stderr
	echo $? >status
	kept 'unreachable'
	delivered
}

@test "passwordeval that fails" {
	smarthost_serve --user alice:secret
	queued 'tls on' 'tls_starttls on' 'auth plain' 'user alice' \
		'passwordeval echo the keyring is locked >&2; exit 3'
	message | submit bob@example.net
	expect 0 'kept in the queue as '
	waiting 1
	server_end
	delivered
}

# The password is the server's when it is given.
with_password() {
	queued 'tls on' 'tls_starttls on' 'auth plain' 'user alice' \
		"password $1"
}

auths() {
	[ "$(grep -c '^C: AUTH' transcript)" -eq "$1" ] || {
		grep '^C: AUTH' transcript >&2
		return 1
	}
}

@test "535: kept; the next ones are, without a try, until the file changes" {
	local id

	smarthost_serve --user alice:secret --require-auth
	with_password wrong
	message | submit bob@example.net
	kept '535 '
	auths 1
	message | submit bob@example.net
	expect 0 'kept in the queue as ' '535 ' 'not tried again before '
	waiting 2
	auths 1
	submit -q
	expect 75 '535 ' 'not tried again before '
	submit --queue-run=due
	auths 1
	# by hand it is tried, and once is enough
	id=$(find "$QUEUE/msg" -type f -printf '%f\n' | sort | head -n 1)
	submit -qI"$id"
	expect 75 '535 '
	auths 2
	submit -qI"${id:0:4}"
	expect 75 '535 '
	waiting 2
	auths 3
	with_password secret
	submit -q
	expect 0
	waiting 0
	auths 4
	message | submit bob@example.net
	expect 0
	expect_not kept
	smarthost_stop
	[ -e "$CAPTURE/3.message" ]
}

@test "535: a change of the password_file is one of the account" {
	smarthost_serve --user alice:secret --require-auth
	(umask 077 && echo wrong >password)
	queued 'tls on' 'tls_starttls on' 'auth plain' 'user alice' \
		"password_file $PWD/password"
	message | submit bob@example.net
	kept '535 '
	submit -q
	expect 75
	auths 1
	(umask 077 && echo secret >password)
	message | submit bob@example.net
	expect 0
	expect_not kept
	# and the one that waited has gone along with it
	waiting 1
	submit -q
	expect 0
	waiting 0
	smarthost_stop
	[ -e "$CAPTURE/2.message" ]
}

@test "replies that are final: not kept, and the status is as without" {
	local command reply wanted

	while IFS='|' read -r wanted command reply; do
		echo "row: $command $reply" >&2
		smarthost_serve --refuse "$command=$reply"
		queued 'tls on' 'tls_starttls on'
		message | submit bob@example.net
		expect "$wanted" "$reply"
		expect_not 'kept in the queue'
		waiting 0
		server_end
	done <<'END'
69|MAIL*|550 5.7.1 not yours
65|MAIL*|553 5.1.8 no such sender
69|MAIL*|530 5.7.0 authenticate first
65|MAIL*|552 5.3.4 too large
67|RCPT*|550 5.1.1 no such user
67|RCPT*|550 5.2.0 SubmissionQuota is another matter
69|.|554 5.7.1 spam
65|.|554 5.6.0 malformed
69|.|554 5.2.0 another matter
69|.|550 5.7.1 Daily user sending quota exceeded.
END
}

@test "our own faults: not kept" {
	smarthost_serve
	queued 'tls off'
	message | submit
	expect 64
	message | submit 'bob@@example.net'
	expect 65
	queued 'tls on' 'tls_starttls on' "tls_trust_file $PWD/none.pem"
	message | submit bob@example.net
	expect 66
	queued 'tls off' 'auth plain' 'user alice' "password_file $PWD/none"
	message | submit bob@example.net
	expect 78
	queued 'tls off' 'prot 25'
	message | submit bob@example.net
	expect 78
	queued 'tls off' 'fallback nobody'
	message | submit bob@example.net
	expect 78
	expect_not 'kept in the queue'
	waiting 0
}

@test "a mistake in an account file kills no message that waits" {
	local line

	while read -r line; do
		echo "row: $line" >&2
		PORT=1
		queued 'tls off'
		message | submit -odq bob@example.net
		expect 0
		message | submit -odq bob@example.net
		smarthost_serve
		queued 'tls on' 'tls_starttls on' "$line"
		submit -q
		[ "$(cat status)" -ne 0 ]
		waiting 2
		waiting 0 dead
		queued 'tls on' 'tls_starttls on'
		submit -q
		expect 0
		waiting 0
		smarthost_stop
		[ -e "$CAPTURE/2.message" ]
		rm -r "$CAPTURE"
	done <<END
prot 25
tls_trust_file $PWD/none.pem
tls_fingerprint 00
tls_priorities NONSENSE
host mail..example.org
auth plain
auth nonsense
source_ip 192.0.2.1
END
}

@test "of two recipients only the one that can be served is kept" {
	smarthost_serve --refuse 'RCPT TO:<no*=550 5.1.1 no such user' \
		--refuse 'RCPT TO:<bob*=450 4.2.1 greylisted'
	queued 'tls on' 'tls_starttls on'
	message | submit bob@example.net no@example.net carol@example.net
	expect 67 '550 5.1.1 no such user' 'kept in the queue as '
	waiting 1
	smarthost_stop
	[ "$(grep -c '^rcpt' "$CAPTURE/1.envelope")" -eq 1 ]
	rm -rf "$CAPTURE"
	delivered
}

@test "-odq: queued without a try; queue off: sent now, with a note" {
	PORT=1
	queued 'tls off'
	message | submit -odq bob@example.net
	expect 0 'kept in the queue as '
	expect_not 'Connection refused'
	waiting 1
	message | submit -odd bob@example.net
	expect 0 'kept in the queue as '
	waiting 2
	rm -r "$QUEUE"
	smarthost_serve
	account 'tls off' 'from alice@example.org'
	message | submit -odq bob@example.net
	expect 0 'note: -odq: this account has no queue'
	expect_not 'kept in the queue as '
	message | submit -odi bob@example.net
	expect 0
	expect_not note
	smarthost_stop
	[ -e "$CAPTURE/2.message" ]
}

# not_kept STATUS TEXT...: both causes are told.
not_kept() {
	expect "$1" 'Connection refused' 'it is not kept in the queue: ' "${@:2}"
	expect_not 'kept in the queue as '
}

# try_folder TEXT...: what the queue's folder is like now
try_folder() {
	message | submit bob@example.net
	not_kept 75 "$QUEUE" "$@"
}

@test "a folder that will not do: the failure's status, both causes" {
	PORT=1
	QUEUE=$PWD/queue
	queued 'tls off'
	mkdir -m 700 real
	ln -s real queue
	try_folder 'is a symbolic link'
	rm queue
	touch queue
	try_folder 'is no folder'
	rm queue
	mkdir -m 707 queue
	try_folder 'can be written by others'
	chmod 700 queue
	mkdir -m 777 queue/msg
	chmod 777 queue/msg
	try_folder 'can be written by others'
	rm -r queue
	mkdir -m 700 queue
	ln -s ../real queue/state
	try_folder 'is no folder'
	rm -r queue
	[ -z "$(find real -type f)" ]
	# and once it will do
	message | submit bob@example.net
	kept
	[ "$(stat -c %a queue)" = 700 ]
}

@test "a folder of somebody else" {
	PORT=1
	QUEUE=$PWD/queue
	queued 'tls off'
	if [ "$(id -u)" -eq 0 ]; then
		mkdir -m 700 queue
		chown 65534 queue
		try_folder 'belongs to uid 65534'
	else
		QUEUE=/
		queued 'tls off'
		try_folder 'belongs to uid 0'
	fi
}

@test "a folder that cannot be made or written" {
	PORT=1
	QUEUE=/proc/postrider/queue
	queued 'tls off'
	try_folder
	QUEUE=$PWD/accounts/queue
	queued 'tls off'
	try_folder 'is no folder'
	[ "$(id -u)" -ne 0 ] || return 0
	QUEUE=$PWD/queue
	queued 'tls off'
	mkdir -m 500 queue
	try_folder '/msg: Permission denied'
	QUEUE=/postrider/queue
	queued 'tls off'
	try_folder 'is not there, and cannot be made'
}

# small_disk OPTIONS: a file system of its own at $PLACE, or the test is
# skipped.
small_disk() {
	[ "$(id -u)" -eq 0 ] || skip 'only root can mount'
	PLACE=$BATS_TEST_TMPDIR/disk
	mkdir "$PLACE"
	mount -t tmpfs -o "$1,mode=700" tmpfs "$PLACE" 2>/dev/null || {
		rmdir "$PLACE"
		PLACE=
		skip 'nothing can be mounted'
	}
	QUEUE=$PLACE/queue
}

@test "a full disk, and one that is read-only" {
	small_disk size=64k
	PORT=1
	queued 'tls off'
	{
		message
		head -c 100000 /dev/zero | base64
	} >letter
	submit bob@example.net <letter
	not_kept 75 'No space left'
	waiting 0
	waiting 0 tmp
	waiting 0 state
	# a small one has room
	message | submit bob@example.net
	kept
	mount -o remount,ro "$PLACE" || skip 'it cannot be made read-only'
	message | submit bob@example.net
	not_kept 75 'Read-only'
	# what cannot be written down is not sent: it would be sent twice
	smarthost_serve
	queued 'tls on' 'tls_starttls on'
	submit -q
	expect 75 'Read-only'
	waiting 1
	smarthost_stop
	[ -z "$(ls "$CAPTURE")" ]
	mount -o remount,rw "$PLACE"
	delivered
}

@test "an account that a later try would not have: not kept, and why" {
	PORT=1
	QUEUE=$PWD/queue
	queued 'tls off'
	local row

	while IFS='|' read -r text row; do
		echo "row: $row" >&2
		# shellcheck disable=SC2086 # words are meant
		message | submit $row bob@example.net
		not_kept 75 "$text"
	done <<'END'
"port" of the command line|--port=2
"source_ip" of the command line|--source-ip=127.0.0.1
"user" of the command line|--user=bob
"auth" of the command line|--auth=off
"protocol" of the command line|--protocol=lmtp
END
	message | postrider --host=127.0.0.1 --port=1 --tls=off --queue=on \
		--queue-directory="$QUEUE" -f alice@example.org bob@example.net
	not_kept 75 '--host'
	rm "$ACCOUNT"
	message | POSTRIDER_HOST=127.0.0.1 POSTRIDER_PORT=1 POSTRIDER_TLS=off \
		POSTRIDER_QUEUE=on POSTRIDER_QUEUE_DIRECTORY="$QUEUE" \
		POSTRIDER_FROM=alice@example.org postrider bob@example.net
	not_kept 75 environment
	[ ! -e "$QUEUE" ]
}

@test "password_fd: not kept" {
	PORT=1
	QUEUE=$PWD/queue
	queued 'tls on' 'auth plain' 'user alice' 'password_fd 4'
	message | submit bob@example.net 4< <(echo secret)
	not_kept 75 password_fd
	[ ! -e "$QUEUE" ]
}
