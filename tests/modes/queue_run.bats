#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# A run of the queue: whom it tries, over which session, and what becomes of
# the messages.

# shellcheck disable=SC2034,SC2153 # helper.bash's variables

load ../helper
load serve
load queue

# at PORT [LINE...]: the account's smarthost is there now
at() {
	local port=$1

	shift
	account_file 'host 127.0.0.1' "port $port" 'tls off' \
		'from alice@example.org' 'queue on' 'timeout 20' \
		'queue_lifetime 9000d' "queue_directory $QUEUE" 'logfile log' "$@"
}

# entries N: as many messages wait
entries() {
	local id

	queue_make
	for id in $(queue_ids "$1"); do
		queue_entry "$id" "file: $ACCOUNT"
	done
	at 1
}

# holds PLACE N: so many files are there
holds() {
	local n

	n=$(find "$QUEUE/$1" -type f | wc -l)
	[ "$n" -eq "$2" ] || {
		echo "$1 has $n files" >&2
		find "$QUEUE" -type f >&2
		return 1
	}
}

first=018BCFE568000001
second=018BCFE568000002

@test "all of them over one session, the oldest first" {
	entries 5
	smarthost_serve
	at "$PORT"
	submit -q
	expect 0
	holds msg 0
	holds state 0
	[ "$(grep -c '^== from' transcript)" = 1 ]
	grep -q "^entry $first" capture/1.message
	[ "$(grep -c ' exitcode=EX_OK .* unqueued=' log)" = 5 ]
}

@test "one that is refused for good is dead, and delays no other" {
	entries 3
	sed -i '/^recipient:/s/bob@/nobody@/' "$QUEUE/msg/$first"
	smarthost_serve --refuse 'RCPT TO:<nobody@*=550 5.1.1 nobody'
	at "$PORT"
	submit -q
	expect 75 "$first is given up" '550 5.1.1 nobody'
	holds msg 0
	[ -f "$QUEUE/dead/$first" ]
	grep -q '^refused: 1 550 5.1.1 nobody' "$QUEUE/state/$first"
	[ "$(grep -c '^== from' transcript)" = 1 ]
	grep -q " exitcode=EX_NOUSER .* dead=$first" log
	submit -q
	expect 0
}

@test "RSET behind a chunk that was refused with its MAIL" {
	needs pipelining
	needs chunking
	entries 2
	greet PIPELINING CHUNKING >dialogue
	cat >>dialogue <<'END'
C: MAIL FROM:<alice@example.org>
C: RCPT TO:<bob@example.net>
! chunk -
S: 553 5.7.1 not now
S: 503 5.5.1 no MAIL
S: 503 5.5.1 no MAIL
C: RSET
S: 250 fine
C: MAIL FROM:<alice@example.org>
C: RCPT TO:<bob@example.net>
! chunk body
S: 250 fine
S: 250 fine
S: 250 done
C? QUIT
END
	smarthost_play dialogue
	at "$PORT"
	submit -q
	smarthost_wait
	[ -f "$QUEUE/dead/$first" ]
	holds msg 0
	grep -q "^entry $second" body
}

@test "of several recipients those wait whom another try can cure" {
	queue_make
	queue_entry "$first" "file: $ACCOUNT" 'recipient: <bob@example.net>' \
		'recipient: <greg@example.net>' \
		'recipient: <nobody@example.net>'
	smarthost_serve --refuse 'RCPT TO:<nobody@*=550 5.1.1 nobody' \
		--refuse 'RCPT TO:<greg@*=450 4.2.0 greylisted'
	at "$PORT"
	submit -q
	expect 75
	holds msg 1
	grep -q '^waiting: 2 450 4.2.0 greylisted' "$QUEUE/state/$first"
	grep -q '^refused: 3 550 5.1.1 nobody' "$QUEUE/state/$first"
	lacks '^waiting: 1' "$QUEUE/state/$first"
	smarthost_stop
	rm -rf capture
	smarthost_serve
	at "$PORT"
	submit -q
	expect 0
	grep -q '^rcpt <greg@example.net>' capture/1.envelope
	lacks 'rcpt <bob@' capture/1.envelope
	# the one who was refused is not forgotten
	[ -f "$QUEUE/dead/$first" ]
	grep -q '^refused: 3 ' "$QUEUE/state/$first"
	lacks '^waiting' "$QUEUE/state/$first"
}

@test "a smarthost that cannot be reached is tried once" {
	entries 4
	submit -q
	expect 75 'the queue has 1 message'
	[ "$(grep -c 'cannot connect' stderr)" = 1 ]
	holds msg 4
	holds state 1
	grep -q '^attempts: 1' "$QUEUE/state/$first"
}

@test "an unanswered end of data: marked, and left alone for ten minutes" {
	entries 1
	{
		greet
		printf '%s\n' 'C: MAIL *' 'S: 250 ok' 'C: RCPT *' 'S: 250 ok' \
			'C: DATA' 'S: 354 go' '! body -' '! close'
	} >dialogue
	smarthost_play dialogue
	at "$PORT"
	submit -q
	smarthost_wait
	expect 75 'may have been delivered'
	grep -q '^unsure: ' "$QUEUE/state/$first"
	submit -q
	expect 0
	holds msg 1
	smarthost_serve
	at "$PORT"
	submit "-qI$first"
	expect 0
	holds msg 0
	grep -q '^Message-ID: <test@example.org>' capture/1.message
}

@test "it says so before the end of data goes out" {
	entries 1
	{
		greet
		printf '%s\n' 'C: MAIL *' 'S: 250 ok' 'C: RCPT *' 'S: 250 ok' \
			'C: DATA' 'S: 354 go' '! body -' '! stall'
	} >dialogue
	smarthost_play dialogue
	at "$PORT"
	"$POSTRIDER" -C "$ACCOUNT" -q 2>stderr 3>&- &
	pid=$!
	for ((i = 0; i < 500; i++)); do
		! grep -qs '^unsure: ' "$QUEUE/state/$first" || break
		sleep 0.02
	done
	for ((i = 0; i < 500; i++)); do
		! grep -q '^== body' transcript || break
		sleep 0.02
	done
	kill -KILL "$pid"
	wait "$pid" || true
	smarthost_wait
	grep -q '^unsure: ' "$QUEUE/state/$first"
}

@test "queue_unsure hold keeps it from being tried" {
	entries 1
	{
		greet
		printf '%s\n' 'C: MAIL *' 'S: 250 ok' 'C: RCPT *' 'S: 250 ok' \
			'C: DATA' 'S: 354 go' '! body -' '! close'
	} >dialogue
	smarthost_play dialogue
	at "$PORT" 'queue_unsure hold'
	submit -q
	smarthost_wait
	grep -q '^held: yes' "$QUEUE/state/$first"
	submit "-qI$first"
	expect 0
	holds msg 1
}

@test "421 to the end of data is an answer" {
	entries 1
	{
		greet
		printf '%s\n' 'C: MAIL *' 'S: 250 ok' 'C: RCPT *' 'S: 250 ok' \
			'C: DATA' 'S: 354 go' '! body -' 'S: 421 4.3.2 later'
	} >dialogue
	smarthost_play dialogue
	at "$PORT"
	submit -q
	smarthost_wait
	expect 75 '421 4.3.2 later'
	lacks '^unsure' "$QUEUE/state/$first"
}

@test "a part of an id, a recipient, a sender" {
	entries 2
	sed -i '/^recipient:/s/bob@/carol@/' "$QUEUE/msg/$second"
	sed -i 's/^sender: <alice@/sender: <erna@/' "$QUEUE/msg/$second"
	smarthost_serve
	at "$PORT"
	submit -qI00000f
	expect 0
	holds msg 2
	submit -qRbob@
	holds msg 1
	submit -qSalice
	holds msg 1
	submit -qSerna
	holds msg 0
	[ "$(find capture -name '*.message' | wc -l)" = 2 ]
}

@test "what is held is not tried; what is not due not by --queue-run=due" {
	entries 2
	queue_state "$first" 'attempts: 1' 'held: yes' 'waiting: 1'
	queue_state "$second" 'attempts: 1' "next: $(($(date +%s) + 1000))" \
		'waiting: 1'
	smarthost_serve
	at "$PORT"
	submit --queue-run=due
	expect 0
	holds msg 2
	submit -q
	expect 0
	holds msg 1
	[ -f "$QUEUE/msg/$first" ]
}

@test "no more messages than the server takes in a session" {
	entries 6
	{
		greet 'LIMITS MAILMAX=2'
		for i in 1 2; do
			printf '%s\n' 'C: MAIL *' 'S: 250 ok' 'C: RCPT *' \
				'S: 250 ok' 'C: DATA' 'S: 354 go' '! body -' \
				'S: 250 ok'
		done
		printf '%s\n' 'C: QUIT' 'S: 221 bye'
	} >dialogue
	smarthost_play dialogue --play dialogue --play dialogue
	at "$PORT"
	submit -q
	smarthost_wait
	expect 0
	holds msg 0
}

@test "a server that ends the session after each message" {
	entries 2
	{
		greet
		printf '%s\n' 'C: MAIL *' 'S: 250 ok' 'C: RCPT *' 'S: 250 ok' \
			'C: DATA' 'S: 354 go' '! body -' 'S: 250 ok' \
			'C: MAIL *' 'S: 421 4.7.0 one is enough'
	} >one
	{
		greet
		printf '%s\n' 'C: MAIL *' 'S: 250 ok' 'C: RCPT *' 'S: 250 ok' \
			'C: DATA' 'S: 354 go' '! body -' 'S: 250 ok' 'C? QUIT' \
			'S: 221 bye'
	} >two
	smarthost_play one --play two
	at "$PORT"
	submit -q
	smarthost_wait
	expect 0
	holds msg 0
}

@test "a run uses the fallback, which gets a letter of its own" {
	entries 2
	sed -i 's/^account: .*/&\nmarks: sender-of-account/' "$QUEUE"/msg/*
	smarthost_serve
	account_file 'account default' 'host 127.0.0.1' 'port 1' 'tls off' \
		'from alice@example.org' "queue_directory $QUEUE" 'queue on' \
		'queue_lifetime 9000d' 'fallback b' 'logfile log' 'account b' 'host 127.0.0.1' \
		"port $PORT" 'tls off' 'from bea@example.org' 'logfile log'
	submit -q
	expect 0
	holds msg 0
	grep -q '^from <bea@example.org>' capture/1.envelope
	grep -q '^from <bea@example.org>' capture/2.envelope
	[ "$(grep -c '^== from' transcript)" = 1 ]
	[ "$(grep -c ' account=b .*unqueued=' log)" = 2 ]
}

@test "what a fallback may have delivered is tried there, and nowhere else" {
	entries 1
	{
		greet
		printf '%s\n' 'C: MAIL *' 'S: 250 ok' 'C: RCPT *' 'S: 250 ok' \
			'C: DATA' 'S: 354 go' '! body -' '! close'
	} >one
	{
		greet
		printf '%s\n' 'C: MAIL *' 'S: 451 4.3.0 later' 'C? QUIT'
	} >two
	smarthost_play one --play two
	account_file 'account default' 'host 127.0.0.1' 'port 1' 'tls off' \
		'from alice@example.org' "queue_directory $QUEUE" 'queue on' \
		'queue_lifetime 9000d' 'fallback b' 'account b' 'host 127.0.0.1' "port $PORT" \
		'tls off' 'from bea@example.org' 'timeout 20'
	submit -q
	expect 75 'may have been delivered'
	grep -q '^by: b$' "$QUEUE/state/$first"
	submit "-qI$first"
	smarthost_wait
	expect 75 '451 4.3.0 later'
	expect_not 'cannot connect'
	grep -q '^unsure: ' "$QUEUE/state/$first"
	grep -q '^by: b$' "$QUEUE/state/$first"
}

@test "a crash before the last step: the step is made, and logged" {
	entries 2
	queue_state "$first" 'attempts: 1' 'refused: 1 550 5.1.1 nobody'
	queue_state "$second" 'attempts: 1'
	smarthost_serve
	at "$PORT"
	submit -q
	expect 0
	[ -f "$QUEUE/dead/$first" ]
	holds msg 0
	grep -q " dead=$first" log
	[ "$(find capture -name '*.message' | wc -l)" = 0 ]
}

@test "one that was too old, and is requeued, waits like a new one" {
	queue_make
	queue_entry "$first" "file: $ACCOUNT"
	submit -q
	[ -f "$QUEUE/dead/$first" ]
	submit --queue-requeue "$first"
	expect 0
	submit -q
	expect 75
	[ -f "$QUEUE/msg/$first" ]
	grep -q '^waiting: 1' "$QUEUE/state/$first"
}

@test "an account that is not there any more: told, and the message waits" {
	entries 2
	sed -i 's/^account: .*/account: gone/' "$QUEUE/msg/$first"
	smarthost_serve
	at "$PORT"
	submit -q
	expect 75 "there is no account 'gone'"
	holds msg 1
	[ -f "$QUEUE/msg/$first" ]
}

@test "a run that is under way is left alone" {
	entries 2
	: >"$QUEUE/account/default.lock"
	exec 9<>"$QUEUE/account/default.lock"
	flock 9
	submit -q
	expect 0 'another run'
	exec 9>&-
	holds state 0
}

@test "what rides along: ten at most, those that are due" {
	entries 12
	queue_state "$first" 'attempts: 1' "next: $(($(date +%s) + 1000))" \
		'waiting: 1'
	smarthost_serve
	at "$PORT"
	message | submit bob@example.net
	expect 0
	[ "$(grep -c '^== from' transcript)" = 1 ]
	[ "$(find capture -name '*.message' | wc -l)" = 11 ]
	holds msg 2
	[ -f "$QUEUE/msg/$first" ]
}

@test "a server that stops answering does not hold what rode along" {
	entries 2
	{
		greet
		printf '%s\n' 'C: MAIL *' 'S: 250 ok' 'C: RCPT *' 'S: 250 ok' \
			'C: DATA' 'S: 354 go' '! body -' 'S: 250 ok' \
			'C: MAIL *' '! stall'
	} >dialogue
	smarthost_play dialogue
	at "$PORT"
	# a reply to MAIL may take five minutes
	sed -i '/^timeout/d' "$ACCOUNT"
	message | submit bob@example.net
	smarthost_wait
	expect 0
	holds msg 2
	lacks '^unsure' "$QUEUE/state/$first"
}

@test "queue_flush off: nothing rides along" {
	entries 1
	smarthost_serve
	at "$PORT" 'queue_flush off'
	message | submit bob@example.net
	expect 0
	holds msg 1
}

@test "nothing rides along to another smarthost of the command line" {
	entries 1
	smarthost_serve
	message | submit --port="$PORT" bob@example.net
	expect 0
	holds msg 1
}

@test "a body of some megabytes is sent from the file" {
	queue_make
	head -c 3000000 /dev/zero | tr '\0' x | fold -w 76 >big
	at 1
	message "$(cat big)" | submit bob@example.net
	expect 0 'kept in the queue'
	smarthost_serve
	at "$PORT"
	submit -q
	expect 0
	message "$(cat big)" | sed 's/$/\r/' | tail -n 1000 >wanted
	tail -n 1000 capture/1.message >got
	same wanted got
}

@test "LMTP: a reply for each" {
	queue_make
	queue_entry "$first" "file: $ACCOUNT" 'recipient: <bob@example.net>' \
		'recipient: <carol@example.net>'
	cat >dialogue <<'END'
S: 220 ready
C: LHLO *
S: 250-mail.example.org
S: 250 PIPELINING
C: MAIL *
C: RCPT *
C: RCPT *
C: DATA
S: 250 ok
S: 250 ok
S: 250 ok
S: 354 go
! body -
S: 250 ok
S: 451 4.2.2 full
C? RSET
S: 250 ok
C? QUIT
S: 221 bye
END
	smarthost_play dialogue
	at "$PORT" 'protocol lmtp'
	submit -q
	smarthost_wait
	expect 75
	grep -q '^waiting: 2 451 4.2.2 full' "$QUEUE/state/$first"
	lacks '^waiting: 1' "$QUEUE/state/$first"
}

@test "an account with a name that no file could have" {
	local name

	name=$(printf '\xc3\xa4%.0s' {1..150})
	queue_make
	queue_entry "$first" "account: $name" "file: $ACCOUNT"
	smarthost_serve
	account_file "account $name" 'host 127.0.0.1' "port $PORT" 'tls off' \
		'from alice@example.org' 'queue on' "queue_directory $QUEUE" \
		'queue_lifetime 9000d'
	submit -q
	expect 0
	holds msg 0
}

@test "credentials are refused to one file's account, not to its namesake" {
	local run

	entries 1
	queue_entry "$second" "file: $PWD/other"
	smarthost_serve --user alice:secret --require-auth
	at "$PORT" 'auth plain' 'user alice' 'password wrong'
	sed 's/^password wrong/password secret/' "$ACCOUNT" >other
	chmod 600 other
	for run in 1 2 3; do
		submit -q
		expect 75
	done
	holds msg 1
	[ "$(grep -c '^C: AUTH' transcript)" = 2 ]
}

@test "a run does not wait for a smarthost as a submission does" {
	entries 2
	at 1 'retry_for 3000'
	submit -q
	expect 75 'cannot connect'
}

@test "what a fallback may have delivered is tried there, whoever is down" {
	entries 2
	queue_state "$second" 'attempts: 1' 'unsure: 1700000000' 'by: two' \
		'waiting: 1'
	smarthost_serve
	at 1 'account two' 'host 127.0.0.1' "port $PORT" 'tls off' \
		'from alice@example.org'
	sed -i '1i account default' "$ACCOUNT"
	submit -q
	expect 75 'cannot connect'
	holds msg 1
	[ -e "$QUEUE/msg/$first" ]
	grep -q "^entry $second" capture/1.message
}

@test "the account file's name is the same from another folder" {
	entries 1
	smarthost_serve --user alice:secret --require-auth
	at "$PORT" 'auth plain' 'user alice' 'password wrong'
	message >mail
	mkdir elsewhere
	cd elsewhere || return
	"$POSTRIDER" -C ../accounts bob@example.net <../mail 2>../said
	cd .. || return
	grep -q 'kept in the queue' said
	submit -q
	expect 75
	[ "$(grep -c '^C: AUTH' transcript)" = 1 ]
}

@test "an account file by descriptor: a later try could not read it" {
	queue_make
	at 1
	message >mail
	status=0
	"$POSTRIDER" -C /dev/fd/5 bob@example.net 5<"$ACCOUNT" <mail \
		2>stderr || status=$?
	echo "$status" >status
	expect 75 'cannot connect' 'could not read /dev/fd/5 again'
	holds msg 0
}
