#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# -bs on sockets, as inetd and systemd start it: who may, who may not, and
# the recipe in which nobody but the service can read the secret.

load ../helper
load serve

teardown() {
	[ -z "${ACCEPTING:-}" ] || kill -TERM "$ACCEPTING" 2>/dev/null || true
	[ -z "${PLACE:-}" ] || rm -rf "$PLACE"
	postrider_teardown
}

# accept_at WHERE N COMMAND...: in the background; sets ACCEPTING
accept_at() {
	local look where=$1 n=$2

	shift 2
	rm -f accepting
	"$BUILD/tests/socket" accept "$where" accepting "$n" "$@" 3>&- &
	ACCEPTING=$!
	for ((look = 0; look < PORT_LOOKS; look++)); do
		[ -s accepting ] && return
		sleep 0.02
	done
	return 1
}

accepted() {
	local status=0

	wait "$ACCEPTING" || status=$?
	ACCEPTING=
	[ "$status" -eq "$1" ]
}

# The service's options, as the unit has them.
service_options() {
	sed -n 's/^ExecStart=[^ ]* //p' "$ROOT/contrib/systemd/postrider@.service"
}

one_message() {
	crlf 'EHLO x' 'MAIL FROM:<a@example.org>' 'RCPT TO:<b@example.net>' \
		DATA text . QUIT
}

@test "a Unix socket: a message, and the log names uid and pid of the peer" {
	smarthost_serve
	account 'tls off' 'logfile log'
	accept_at unix:sock 1 "$POSTRIDER" -C "$ACCOUNT" -v -bs
	one_message >input
	"$BUILD/tests/socket" connect unix:sock <input >stdout 3>&- &
	client=$!
	wait "$client"
	accepted 0
	smarthost_stop
	replied '221 '
	lacks -v '^[2-5][0-9][0-9][- ]' stdout
	grep -q " peeruid=$(id -u) peerpid=$client duration=" log
	grep -qE "^Received: from unknown \(uid $(id -u)\)" capture/1.message ||
		grep -qE "^Received: from x \(uid $(id -u)\)" capture/1.message
}

@test "logfile -: standard error has the line, the dialogue never" {
	smarthost_serve
	account 'tls off' 'logfile -'
	one_message >input
	serve <input
	expect 0 ' smtpstatus=250 '
	lacks -v '^[2-5][0-9][0-9][- ]' stdout
	# and nobody has it where standard error is the client's socket
	accept_at unix:sock 1 "$POSTRIDER" -C "$ACCOUNT" -bs
	"$BUILD/tests/socket" connect unix:sock <input >stdout 3>&-
	accepted 0
	smarthost_stop
	replied '221 '
	lacks -v '^[2-5][0-9][0-9][- ]' stdout
}

@test "TCP from loopback: applications that want localhost:25" {
	smarthost_serve
	account 'tls off' 'logfile log'
	accept_at 0 2 "$POSTRIDER" -C "$ACCOUNT" -bs
	one_message >input
	for _ in 1 2; do
		"$BUILD/tests/socket" connect "$(cat accepting)" <input >stdout
		replied '221 '
	done
	accepted 0
	smarthost_stop
	grep -q '^Received: from x (loopback)' capture/2.message
	lacks peeruid log
}

@test "postrider submits to another one's -bs over TCP" {
	smarthost_serve
	account 'tls off'
	cp accounts relay
	accept_at 0 1 "$POSTRIDER" -C relay -bs
	message | postrider --host=127.0.0.1 --port="$(cat accepting)" \
		--tls=off -f alice@example.org bob@example.net
	expect 0
	accepted 0
	smarthost_stop
	grep -q '^rcpt <bob@example.net>' capture/1.envelope
	grep -q 'Hello, Bob' capture/1.message
}

@test "a peer that is not on this machine gets 554 at once" {
	local status=0

	account_file 'host 127.0.0.1' 'port 1' 'tls off'
	timeout 60 "$BUILD/tests/socket" foreign stdout "$POSTRIDER" \
		-C "$ACCOUNT" -bs 3>&- || status=$?
	[ "$status" -ne 77 ] || skip 'no network namespaces here'
	[ "$status" -eq 69 ]
	replied '554 5.7.1 '
	[ "$(wc -l <stdout)" -eq 1 ]
}

@test "a socket without a peer gets it, too" {
	local status=0

	account_file 'host 127.0.0.1' 'port 1' 'tls off'
	timeout 60 "$BUILD/tests/socket" listening "$POSTRIDER" -C "$ACCOUNT" \
		-bs >stdout 3>&- || status=$?
	[ "$status" -eq 69 ]
	replied '554 5.7.1 '
}

@test "whoever may be somebody else is not told what AUTH came to" {
	begin 'AUTH PLAIN' <<'END'
C: AUTH PLAIN *
S: 535 5.7.8 no password of postmaster@example.org
C: QUIT
S: 221 bye
END
	account 'tls off' 'from alice@example.org' 'auth plain' \
		'user postmaster@example.org' 'password no' 'logfile log'
	accept_at 0 1 "$POSTRIDER" -C "$ACCOUNT" -bs
	crlf 'EHLO x' 'MAIL FROM:<a@example.org>' QUIT >input
	timeout 60 "$BUILD/tests/socket" connect "$(cat accepting)" \
		<input >stdout
	accepted 0
	smarthost_wait
	replied '451 4.7.0 ' 'its log says more'
	not_replied postmaster
	grep -q '535 5.7.8 no password' log
}

@test "nor what kept a message, if that is in the account" {
	smarthost_serve --user postmaster@example.org:secret
	account 'tls off' 'from alice@example.org' 'auth plain' \
		'user postmaster@example.org' 'password no' 'queue on' \
		"queue_directory $PWD/queue"
	accept_at 0 2 "$POSTRIDER" -C "$ACCOUNT" -bs
	one_message >input
	timeout 60 "$BUILD/tests/socket" connect "$(cat accepting)" \
		<input >stdout
	replied '250 2.0.0 kept as ' 'its log says more'
	not_replied postmaster credentials 5.7.8
	smarthost_stop
	# what it is may be known where it is nothing of ours
	account 'tls off' 'from alice@example.org' 'queue on' 'port 1' \
		"queue_directory $PWD/queue"
	timeout 60 "$BUILD/tests/socket" connect "$(cat accepting)" \
		<input >stdout
	replied '250 2.0.0 kept as ' 'Connection refused'
	accepted 0
	[ "$(find queue/msg -type f | wc -l)" -eq 2 ]
}

@test "somebody else's user is not told what the account file says" {
	[ "$(id -u)" -eq 0 ] || skip 'only root can be somebody else'
	command -v setpriv >/dev/null || skip 'no setpriv'
	chmod 755 .
	account_file 'hots secret.example.org'
	accept_at unix:sock 2 "$POSTRIDER" -C "$ACCOUNT" -bs
	chmod 666 sock
	crlf 'EHLO x' 'MAIL FROM:<a@example.org>' QUIT >input
	timeout 60 setpriv --reuid 65534 --regid 65534 --clear-groups \
		"$BUILD/tests/socket" connect unix:sock <input >stdout
	replied '451 4.3.5 ' 'its log says more'
	not_replied hots "$ACCOUNT"
	timeout 60 "$BUILD/tests/socket" connect unix:sock <input >stdout
	replied '451 4.3.5 ' hots
	accepted 0
}

# What is the service's own, for a client who may be somebody else: neither in
# the replies, nor lost.

# asked WORD...: a dialogue with these settings; the replies are in stdout, and
# standard error in errors
asked() {
	account_file "$@"
	accept_at 0 1 sh -c 'exec "$@" 2>errors' - "$POSTRIDER" -C "$ACCOUNT" \
		-bs
	timeout 60 "$BUILD/tests/socket" connect "$(cat accepting)" \
		<input >stdout
	accepted 0
}

@test "a passwordeval that takes too long is not shown, but told the service" {
	crlf 'EHLO x' 'MAIL FROM:<a@example.org>' QUIT >input
	asked 'account private' 'host 127.0.0.1' 'port 1' 'tls off' \
		'auth plain' 'user you' 'passwordeval "sleep 20; # secret"' \
		'passwordeval_timeout 1' 'from a@example.org' 'syslog off'
	replied '451 4.4.0 ' 'its log says more'
	not_replied sleep secret passwordeval private accounts ' you'
	grep -q "passwordeval of account 'private' .* did not end" errors
}

@test "nor one that says that it is temporary" {
	crlf 'EHLO x' 'MAIL FROM:<a@example.org>' QUIT >input
	asked 'host 127.0.0.1' 'port 1' 'tls off' 'auth plain' 'user you' \
		'passwordeval "echo my own words >&2; exit 75"' 'syslog off'
	replied '451 4.4.0 ' 'its log says more'
	not_replied words passwordeval accounts
	grep -q 'my own words' errors
}

@test "nor when it is run again for a session that has gone" {
	smarthost_serve --user you:secret --refuse 'RCPT TO:<b*=421 4.4.2 bye'
	{
		one_message | sed '/^DATA/,$d'
		crlf RSET 'MAIL FROM:<a@example.org>' QUIT
	} >input
	asked 'host 127.0.0.1' "port $PORT" 'tls off' 'auth plain' 'user you' \
		'passwordeval "test ! -e once || sleep 20; >once; echo secret"' \
		'passwordeval_timeout 1' 'syslog off'
	smarthost_stop
	replied '451 4.4.2 bye' '451 4.4.0 ' 'its log says more'
	not_replied sleep passwordeval accounts
	grep -q 'did not end' errors
}

@test "nor what the smarthost says to AUTH when the message is there" {
	smarthost_serve --user you:secret --refuse 'AUTH*=535 5.7.8 you are wrong'
	one_message >input
	asked 'host 127.0.0.1' "port $PORT" 'tls off' 'auth plain' 'user you' \
		'password secret' 'from a@example.org' 'queue on' \
		"queue_directory $PWD/accounts/none" 'syslog off'
	smarthost_stop
	replied '451 4.7.0 ' 'its log says more'
	not_replied 535 ' you ' accounts
	grep -q '535 5.7.8 you are wrong' errors
}

@test "nor our login at the smarthost, in its refusals" {
	smarthost_serve --user postmaster:secret \
		--refuse 'RCPT TO:<b*=553 5.7.1 not yours, postmaster' \
		--refuse 'RCPT TO:<c*=550 5.1.1 no such user'
	crlf 'EHLO x' 'MAIL FROM:<a@example.org>' 'RCPT TO:<b@example.net>' \
		'RCPT TO:<c@example.net>' QUIT >input
	asked 'host 127.0.0.1' "port $PORT" 'tls off' 'auth plain' \
		'user postmaster' 'password secret' 'syslog off'
	smarthost_stop
	replied '553 5.7.1 this mail cannot be sent' '550 5.1.1 no such user'
	not_replied postmaster
	grep -q '553 5.7.1 not yours, postmaster' errors
}

@test "nor the other accounts" {
	one_message >input
	asked 'account second' 'host 127.0.0.1' 'port 2' 'tls off' \
		'account first' 'host 127.0.0.1' 'port 1' 'tls off' \
		'fallback second' 'from a@example.org' 'syslog off'
	replied '451 4.4.0 ' 'its log says more'
	not_replied second first
	grep -q "by account 'second'" errors
}

@test "nor the smarthost's socket" {
	crlf 'EHLO x' 'MAIL FROM:<a@example.org>' QUIT >input
	asked "socket $PWD/upstream" 'tls off' 'syslog off'
	replied '451 4.4.0 ' 'its log says more'
	not_replied upstream
	grep -q "$PWD/upstream" errors
}

@test "nor an alias file" {
	printf 'prog: |/bin/true\n' >aliases
	smarthost_serve
	crlf 'EHLO x' 'MAIL FROM:<a@example.org>' 'RCPT TO:<prog>' QUIT >input
	asked 'host 127.0.0.1' "port $PORT" 'tls off' 'aliases aliases' \
		'logfile log'
	smarthost_stop
	replied '451 4.3.5 ' 'its log says more'
	not_replied aliases true command
	grep -q 'aliases:1' errors
}

@test "nor the folder that has no room for the message" {
	smarthost_serve
	{
		crlf 'EHLO x' 'MAIL FROM:<a@example.org>' \
			'RCPT TO:<b@example.net>' DATA 'Subject: x' ''
		head -c 3000000 /dev/zero | tr '\0' x | fold -w 70 |
			sed 's/$/\r/'
		crlf '' . QUIT
	} >input
	mkdir room
	export TMPDIR=$PWD/room
	# the unit's LimitFSIZE
	ulimit -f 1000
	asked 'host 127.0.0.1' "port $PORT" 'tls off' 'syslog off'
	smarthost_stop
	replied '452 4.3.1 ' 'its log says more'
	not_replied /room
	grep -q '/room: File too large' errors
}

@test "what is wrong with the mail, and what the smarthost says, is told" {
	smarthost_serve --size 20000 --refuse 'RCPT TO:<no*=550 5.1.1 not here'
	crlf 'EHLO x' 'MAIL FROM:<a@example.org>' RSET \
		'MAIL FROM:<a@example.org> SIZE=30000' RSET \
		'MAIL FROM:<a@example.org>' 'RCPT TO:<no@example.net>' \
		QUIT >input
	asked 'host 127.0.0.1' "port $PORT" 'tls off' 'syslog off'
	smarthost_stop
	replied '552 5.3.4 ' '20000 octets' '550 5.1.1 not here'
	not_replied 'its log'
}

@test "the caller of a pipe is told everything" {
	account_file 'host 127.0.0.1' 'port 1' 'tls off' 'auth plain' \
		'user you' 'passwordeval "echo my own words >&2; exit 75"'
	crlf 'EHLO x' 'MAIL FROM:<a@example.org>' QUIT | serve
	replied '451 4.4.0 ' 'my own words'
}

@test "the recipe: users' sendmail goes by an account that they cannot read" {
	local options

	[ "$(id -u)" -eq 0 ] || skip 'only root can be somebody else'
	command -v setpriv >/dev/null || skip 'no setpriv'
	# a folder that others can get at, as the test's own need not be
	PLACE=$(mktemp -d)
	chmod 755 "$PLACE"
	smarthost_serve --user you:secret --require-auth
	cd "$PLACE"
	mkdir -p etc bin home/.config/postrider
	ln -s "$POSTRIDER" bin/sendmail
	account_file 'host 127.0.0.1' "port $PORT" 'tls off' 'auth on' \
		'user you' 'password secret' 'from you@example.org' \
		"logfile $PWD/log"
	mv "$ACCOUNT" etc/relay
	echo "socket $PWD/sock" >home/.config/postrider/accounts
	options=$(service_options | sed "s,/etc/postrider/,$PWD/etc/,")
	# shellcheck disable=SC2086 # words are meant
	accept_at "unix:$PWD/sock" 2 setpriv --no-new-privs "$POSTRIDER" \
		$options
	chmod 666 sock
	setpriv --reuid 65534 --regid 65534 --clear-groups test ! -r etc/relay
	message >input
	HOME=$PWD/home timeout 60 setpriv --reuid 65534 --regid 65534 \
		--clear-groups bin/sendmail -i -f you@example.org \
		bob@example.net <input
	HOME=$PWD/home timeout 60 setpriv --reuid 65534 --regid 65534 \
		--clear-groups bin/sendmail -t -i -f you@example.org <input
	accepted 0
	cd "$BATS_TEST_TMPDIR"
	smarthost_stop
	grep -q '^auth you' capture/1.envelope
	grep -q '^rcpt <bob@example.net>' capture/2.envelope
	grep -q 'Hello, Bob' capture/2.message
	[ "$(grep -c ' peeruid=65534 peerpid=[1-9]' "$PLACE/log")" -eq 2 ]
}

@test "the recipe with a queue: kept in the StateDirectory, sent by its run" {
	local options run

	command -v setpriv >/dev/null || skip 'no setpriv'
	mkdir -m 700 etc state
	PORT=1
	account 'tls off' 'from you@example.org' 'queue on' 'logfile log'
	mv "$ACCOUNT" etc/relay
	options=$(service_options | sed "s,/etc/postrider/,$PWD/etc/,")
	# shellcheck disable=SC2086 # words are meant
	accept_at "unix:$PWD/sock" 1 env STATE_DIRECTORY="$PWD/state" \
		setpriv --no-new-privs "$POSTRIDER" $options
	account_file "socket $PWD/sock"
	message | submit -f you@example.org bob@example.net
	expect 0
	accepted 0
	[ "$(find state/queue/msg -type f | wc -l)" -eq 1 ]
	grep -q ' queued=' log
	smarthost_serve
	sed -i "s/^port .*/port $PORT/" etc/relay
	run=$(sed -n 's/^ExecStart=[^ ]* //p' \
		"$ROOT/contrib/systemd/postrider-relay-queue@.service" |
		sed "s,/etc/postrider/,$PWD/etc/,; s/%i/now/")
	# shellcheck disable=SC2086 # words are meant
	STATE_DIRECTORY=$PWD/state setpriv --no-new-privs "$POSTRIDER" $run \
		>stdout 2>stderr
	smarthost_stop
	[ -z "$(find state/queue/msg -type f)" ]
	grep -qx 'rcpt <bob@example.net>' capture/1.envelope
	grep -q '^Hello, Bob' capture/1.message
	grep -q '^Received: ' capture/1.message
}

@test "what a user's sendmail hears through the socket is the smarthost's word" {
	smarthost_serve --refuse 'RCPT TO:<no*=550 5.1.1 no such user here'
	account 'tls off'
	cp accounts relay
	rm -f sock
	accept_at unix:sock 1 "$POSTRIDER" -C relay -bs
	account_file 'socket sock'
	message | submit -f you@example.org no@example.net bob@example.net
	expect 67 'refused: <no@example.net>: 550 5.1.1 no such user here'
	accepted 0
	smarthost_stop
	grep -q '^rcpt <bob@example.net>' capture/1.envelope
}

# relay_and_client 'RELAY LINES' 'CLIENT LINES': sends what is on standard input
# by the client's file through a relay, with the arguments that follow
relay_and_client() {
	local relay=$1 client=$2

	shift 2
	smarthost_serve
	account 'tls off' "$relay"
	cp accounts relay
	rm -f sock
	accept_at unix:sock 1 "$POSTRIDER" -C relay -bs
	account_file 'socket sock' "$client"
	submit "$@" bob@example.net
	expect 0
	accepted 0
	smarthost_stop
	tr -d '\r' <capture/1.message >sent
}

@test "a domain that the client's file filled in is no sender of the relay's" {
	local user

	user=$(id -un)
	printf 'From: %s\nSubject: x\n\ntext\n' "$user" |
		relay_and_client 'sender you@example.org' \
			'qualify_domain example.org'
	grep -q '^from <you@example.org>' capture/1.envelope
	grep -qx "From: \"$user@example.org\" <you@example.org>" \
		sent
	# a name by -f is as bare
	printf 'From: box (Cron)\nSubject: x\n\ntext\n' |
		relay_and_client 'sender you@example.org' \
			'qualify_domain example.org' -f box
	grep -q '^from <you@example.org>' capture/1.envelope
	grep -q '^From: .*<\{0,1\}you@example.org' sent
	lacks '<box@example' sent
}

@test "an address that the writer chose stays, and one that \`from' names" {
	printf 'From: carol@example.org\nSubject: x\n\ntext\n' |
		relay_and_client 'sender you@example.org' \
			'qualify_domain example.org' -f carol@example.org
	grep -q '^from <carol@example.org>' capture/1.envelope
	grep -qx 'From: carol@example.org' sent
	printf 'From: carol\nSubject: x\n\ntext\n' |
		relay_and_client $'sender you@example.org\nfrom carol@example.org' \
			'qualify_domain example.org' -f carol
	grep -q '^from <carol@example.org>' capture/1.envelope
	grep -qx 'From: carol@example.org' sent
}

@test "a relay that keeps the message keeps that the domain was filled in" {
	smarthost_serve
	account 'tls off' 'sender you@example.org'
	cp accounts relay
	printf "queue on\nqueue_directory %s/queue\n" "$PWD" >>relay
	accept_at unix:sock 1 "$POSTRIDER" -C relay -odq -bs
	account_file 'socket sock' 'qualify_domain example.org'
	printf 'From: box\nSubject: x\n\ntext\n' |
		submit -f box bob@example.net
	expect 0
	accepted 0
	postrider -C relay -q
	expect 0
	smarthost_stop
	grep -q '^from <you@example.org>' capture/1.envelope
	lacks 'box@example.org>' capture/1.message
}

@test "the units are what systemd understands, and are hardened" {
	command -v systemd-analyze >/dev/null || skip 'no systemd-analyze'
	mkdir units
	sed "s,^ExecStart=[^ ]*,ExecStart=$POSTRIDER," \
		"$ROOT/contrib/systemd/postrider@.service" \
		>units/postrider@.service
	cp "$ROOT/contrib/systemd/postrider.socket" units
	timeout 60 systemd-analyze verify --man=no units/postrider.socket \
		units/postrider@.service 2>verified || {
		cat verified >&2
		false
	}
	# what it says of other units of the machine is not about ours
	lacks -i postrider verified
	timeout 60 systemd-analyze security --offline=yes --threshold=30 \
		units/postrider@.service >report || {
		tail -n 5 report >&2
		false
	}
}

# limit NAME UNIT: its value there, which must stand once
limit() {
	[ "$(grep -c "^$1=" "$ROOT/contrib/systemd/$2")" -eq 1 ]
	sed -n "s/^$1=//p" "$ROOT/contrib/systemd/$2"
}

@test "the units limit processes, file size and connections, per user, too" {
	local all own tasks

	tasks=$(limit TasksMax postrider@.service)
	[ "$tasks" -ge 4 ] && [ "$tasks" -le 64 ]
	all=$(limit MaxConnections postrider.socket)
	# a process, a shell and what that runs
	[ "$(limit LimitNPROC postrider@.service)" -ge $((3 * all)) ]
	own=$(limit MaxConnectionsPerSource postrider.socket)
	[ "$own" -ge 4 ] && [ "$own" -lt "$all" ]
	[ "$(limit LimitFSIZE postrider@.service)" = 256M ]
}

@test "systemd's own activation" {
	local look

	command -v systemd-socket-activate >/dev/null ||
		skip 'no systemd-socket-activate'
	smarthost_serve
	account 'tls off'
	timeout 60 systemd-socket-activate --accept --inetd -l "$PWD/sock" \
		"$POSTRIDER" -C "$ACCOUNT" -bs 2>activate 3>&- &
	ACCEPTING=$!
	for ((look = 0; look < PORT_LOOKS; look++)); do
		[ -S sock ] && break
		sleep 0.02
	done
	one_message >input
	timeout 30 "$BUILD/tests/socket" connect unix:sock <input >stdout
	kill -TERM "$ACCEPTING"
	wait "$ACCEPTING" || true
	ACCEPTING=
	smarthost_stop
	replied '221 '
	[ -e capture/1.message ]
}
