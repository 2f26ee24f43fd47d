#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# mailq, --queue-json and the actions: looking at the queue, and changing it.

load ../helper
load queue

setup() {
	postrider_setup
	export TZ=UTC
	queue_make
	mapfile -t ID < <(queue_ids 9)
}

# shows LINE...: standard output is these lines.
shows() {
	printf '%s\n' "$@" >wanted
	same wanted stdout
}

has() {
	grep -qxF -e "$1" stdout || { cat stdout >&2 && return 1; }
}

# called NAME ARGUMENT...: by that name, with the account file where callers of
# sendmail find it.
called() {
	local name=$1

	shift
	ln -sf "$POSTRIDER" "$name"
	cp "$ACCOUNT" .msmtprc
	POSTRIDER=$PWD/$name postrider "$@"
}

# busy ID COMMAND...: while somebody else has the lock of the message.
busy() {
	local id=$1

	shift
	flock -x "$QUEUE/msg/$id" "$@"
}

@test "an empty queue, and none" {
	submit -bp
	expect 0
	shows 'Mail queue is empty'
	submit -bP
	shows 0
	submit --queue-json
	expect 0
	[ ! -s stdout ]
	rm -r "$QUEUE"
	submit -bp
	expect 0
	shows 'Mail queue is empty'
	[ ! -e "$QUEUE" ]
}

@test "one message, as Postfix's mailq prints it" {
	queue_entry "${ID[0]}"
	submit -bp
	expect 0
	shows '-Queue ID-         --Size-- ----Arrival Time---- -Sender/Recipient-------' \
		"${ID[0]}        $(wc -c <entry.message) Tue Nov 14 22:13:20  alice@example.org" \
		'                                                 bob@example.net' '' \
		'-- 0 Kbytes in 1 Request.'
	called mailq
	expect 0
	has '-- 0 Kbytes in 1 Request.'
	called sendmail -bpc
	shows 1
}

@test "marks" {
	local id

	for id in "${ID[@]:0:8}"; do
		queue_entry "$id"
	done
	queue_state "${ID[1]}" 'held: yes'
	queue_state "${ID[2]}" 'unsure: 1700000001' 'waiting: 1'
	queue_state "${ID[3]}" 'held: yes' 'unsure: 1700000001' 'waiting: 1'
	queue_dead "${ID[4]}"
	queue_state "${ID[5]}" 'unsure: 1700000001' 'waiting: 1'
	queue_dead "${ID[5]}"
	queue_state "${ID[7]}" 'unsure: 1700000001' 'waiting: 1'
	busy "${ID[6]}" flock -x "$QUEUE/msg/${ID[7]}" \
		"$POSTRIDER" -C "$ACCOUNT" -bp >stdout
	grep -o '^[0-9A-F]\{16\}[^ ]*' stdout >marks
	printf '%s\n' "${ID[0]}" "${ID[1]}!" "${ID[2]}?" "${ID[3]}!?" \
		"${ID[6]}*" "${ID[7]}*?" "${ID[4]}#" "${ID[5]}#?" >wanted
	same wanted marks
	has '-- 1 Kbytes in 8 Requests.'
	submit -bP
	shows 8
}

@test "reasons stand before the recipients that they are about" {
	local list=(a@example.net b@example.net c@example.net d@example.net
		e@example.net f@example.net)

	queue_entry "${ID[0]}" 'sender: <>' "${list[@]/#/recipient: <}"
	sed -i 's/^\(recipient: .*\)/\1>/' "$QUEUE/msg/${ID[0]}"
	queue_state "${ID[0]}" 'attempts: 2' 'reason: it was dark' \
		'waiting: 1 450 4.2.0 later' 'waiting: 2 450 4.2.0 later' \
		'refused: 4 550 5.1.1 nobody' 'waiting: 5'
	submit -bp
	expect 0
	tail -n +3 stdout | head -n -2 | sed 's/^ *//' >got
	printf '%s\n' '(450 4.2.0 later)' a@example.net b@example.net \
		'(550 5.1.1 nobody)' d@example.net '(it was dark)' \
		e@example.net >wanted
	same wanted got
	grep -q ' MAILER-DAEMON$' stdout
	expect_not c@example.net f@example.net
	# a reason ends where Postfix lets it end
	[ "$(awk '/later/ { print length }' stdout)" -eq 78 ]
	# as long as one is
	queue_state "${ID[0]}" 'reason: '"$(printf '%0200d' 7)" 'waiting: 1'
	submit -bp
	grep -qx "($(printf '%0200d' 7))" stdout
}

@test "--queue-json" {
	queue_entry "${ID[0]}" 'account: my "own"' \
		'sender: <"a\"b\\c d"@example.org>' \
		'recipient: <bob@example.net>' 'recipient: <jörg@example.net>'
	queue_state "${ID[0]}" 'attempts: 3' 'next: 1700000300' \
		'unsure: 1700000001' 'held: yes' 'reason: "quoted" \ ü' \
		'waiting: 1 450 4.2.0 "later"' 'refused: 2 550 no'
	queue_entry "${ID[1]}" 'sender: <>'
	submit --queue-json
	expect 0
	[ "$(wc -l <stdout)" -eq 2 ]
	shows "{\"id\": \"${ID[0]}\", \"time\": 1700000000, \"size\": $(wc -c <entry.message), \"account\": \"my \\\"own\\\"\", \"sender\": \"\\\"a\\\\\\\"b\\\\\\\\c d\\\"@example.org\", \"recipients\": [{\"address\": \"bob@example.net\", \"reply\": \"450 4.2.0 \\\"later\\\"\", \"state\": \"waiting\"}, {\"address\": \"jörg@example.net\", \"reply\": \"550 no\", \"state\": \"refused\"}], \"attempts\": 3, \"next\": 1700000300, \"flags\": [\"held\", \"unsure\"], \"reason\": \"\\\"quoted\\\" \\\\ ü\"}" \
		"{\"id\": \"${ID[1]}\", \"time\": 1700000000, \"size\": $(wc -c <entry.message), \"account\": \"default\", \"sender\": \"\", \"recipients\": [{\"address\": \"bob@example.net\", \"reply\": null, \"state\": \"waiting\"}], \"attempts\": 0, \"next\": 0, \"flags\": [], \"reason\": null}"
	queue_dead "${ID[1]}"
	busy "${ID[0]}" "$POSTRIDER" -C "$ACCOUNT" --queue-json >stdout
	grep -q '"flags": \["sending", "held", "unsure"\]' stdout
	grep -q '"flags": \["dead"\]' stdout
	# whatever the octets are, python takes them
	queue_entry "${ID[2]}" $'account: \xff\xc2\x9b\xe2\x80\xae'
	submit --queue-json
	[ "$(wc -l <stdout)" -eq 3 ]
	! type python3 >/dev/null 2>&1 || python3 -c '
import json, sys
for line in open("stdout", encoding="utf-8"):
	account = json.loads(line)["account"]
	if account not in ("default", "my \"own\"", "\\xff\u009b\u202e"):
		sys.exit(account)'
	grep -qF '\\xff\u009b\u202e' stdout
}

@test "what is on a terminal cannot deceive it" {
	queue_entry "${ID[0]}" $'recipient: <a\xe2\x80\xaeb@example.net>'
	queue_state "${ID[0]}" $'reason: \x1b[2J\xff' 'waiting: 1'
	submit -bp
	expect 0
	grep -qF '(\x1b[2J\xff)' stdout
	grep -qF 'a\xe2\x80\xaeb@example.net' stdout
}

@test "monitoring-plugins' check_mailq, and Checkmk's rule" {
	local plugin=/usr/lib/nagios/plugins/check_mailq

	[ -x "$plugin" ] || skip 'no check_mailq'
	printf '#!/bin/sh\nexec "%s" -C "%s" -bp "$@"\n' "$POSTRIDER" \
		"$ACCOUNT" >mailq
	chmod +x mailq
	mkdir lib
	sed "s,PATH_TO_MAILQ *=.*,PATH_TO_MAILQ = '$PWD/mailq';," \
		"${plugin%/*}/utils.pm" >lib/utils.pm
	check() {
		local status=0

		perl -pe 's,^use lib .*,,; s,^use FindBin.*,,' "$plugin" >check.pl
		perl -Ilib check.pl -M postfix -w 2 -c 4 >said 2>&1 || status=$?
		[ "$status" -eq "$1" ] && grep -qF -e "$2" said ||
			{ cat said >&2 && return 1; }
	}
	check 0 'queue is empty'
	queue_entry "${ID[0]}"
	check 0 '(1)'
	queue_entry "${ID[1]}"
	queue_entry "${ID[2]}"
	queue_dead "${ID[2]}"
	queue_state "${ID[1]}" 'held: yes' 'reason: -- 5 Kbytes in 9 Requests.'
	check 1 'is 3'
	queue_entry "${ID[3]}"
	check 2 'is 4'
	submit -bp
	tail -n 1 stdout | grep -qE 'Kbytes in 4 '
}

@test "--queue-show: header, state, message" {
	queue_entry "${ID[0]}" 'marks: 8bitmime' \
		'recipient: <a@example.net>' 'recipient: <b@example.net>' \
		'recipient: <c@example.net>'
	queue_state "${ID[0]}" 'attempts: 2' 'last: 5' 'next: 7' 'unsure: 6' \
		'by: other' 'held: yes' 'reason: why' 'waiting: 1 450 later' \
		'refused: 3'
	submit --queue-show "${ID[0]}"
	expect 0
	{
		sed '/^$/,$d' "$QUEUE/msg/${ID[0]}"
		printf '%s\n' 'place: msg' 'attempts: 2' 'last: 5' 'next: 7' \
			'unsure: 6' 'by: other' 'held: yes' 'reason: why' \
			'waiting: <a@example.net> 450 later' \
			'delivered: <b@example.net>' \
			'refused: <c@example.net>' ''
		cat entry.message
	} >wanted
	same wanted stdout
	queue_entry "${ID[1]}"
	queue_dead "${ID[1]}"
	# being sent is no reason not to look
	busy "${ID[0]}" "$POSTRIDER" -C "$ACCOUNT" --queue-show=ALL >stdout
	[ "$(grep -c '^postrider-queue: 1$' stdout)" -eq 2 ]
	grep -qx 'place: dead' stdout
	grep -qx 'attempts: 0' stdout
}

@test "--queue-show: a large message, octet by octet" {
	queue_entry "${ID[0]}"
	head -c 1000000 /dev/urandom >>"$QUEUE/msg/${ID[0]}"
	sed -i "s/^octets: .*/octets: $(($(wc -c <entry.message) + 1000000))/" \
		"$QUEUE/msg/${ID[0]}"
	submit --queue-show "${ID[0]}"
	expect 0
	tail -c 1000000 "$QUEUE/msg/${ID[0]}" >wanted
	tail -c 1000000 stdout >got
	cmp wanted got
}

@test "--queue-show on a terminal: printable" {
	type script >/dev/null 2>&1 || skip 'no script(1)'
	queue_entry "${ID[0]}"
	printf 'a\tb\033[2J\303\274\r\nc' >>"$QUEUE/msg/${ID[0]}"
	sed -i "s/^octets: .*/octets: $(($(wc -c <entry.message) + 12))/" \
		"$QUEUE/msg/${ID[0]}"
	script -qec "'$POSTRIDER' -C '$ACCOUNT' --queue-show ${ID[0]}" \
		/dev/null </dev/null >got
	tr -d '\r' <got | tail -n 2 >end
	printf 'a\tb\\x1b[2J\303\274\nc\n' >wanted
	same wanted end
}

@test "hold, release, requeue" {
	queue_entry "${ID[0]}" 'recipient: <a@example.net>' \
		'recipient: <b@example.net>' 'recipient: <c@example.net>'
	queue_state "${ID[0]}" 'attempts: 2' 'last: 5' 'next: 7' 'unsure: 6' \
		'reason: why' 'waiting: 1 450 later' 'refused: 3 550 no'
	cp "$QUEUE/msg/${ID[0]}" message.before
	submit --queue-hold "${ID[0]}"
	expect 0
	[ ! -s stdout ] && [ ! -s stderr ]
	printf '%s\n' 'postrider-queue-state: 1' 'attempts: 2' 'last: 5' \
		'next: 7' 'unsure: 6' 'held: yes' 'reason: why' \
		'waiting: 1 450 later' 'refused: 3 550 no' 'end: yes' >wanted
	same wanted "$QUEUE/state/${ID[0]}"
	submit --queue-release "${ID[0]}"
	expect 0
	sed -i '/^held/d' wanted
	same wanted "$QUEUE/state/${ID[0]}"
	submit --queue-hold "${ID[0]}"
	submit --queue-requeue "${ID[0]}"
	expect 0
	sed -i '/^next/d' wanted
	same wanted "$QUEUE/state/${ID[0]}"
	same message.before "$QUEUE/msg/${ID[0]}"
	# one without a state yet
	queue_entry "${ID[1]}"
	submit --queue-release "${ID[1]}"
	expect 0
	submit --queue-hold "${ID[1]}"
	expect 0
	submit -bp
	grep -q "^${ID[1]}!" stdout
}

@test "--queue-requeue revives what was given up" {
	queue_entry "${ID[0]}" 'recipient: <a@example.net>' \
		'recipient: <b@example.net>' 'recipient: <c@example.net>'
	queue_state "${ID[0]}" 'attempts: 9' 'next: 7' 'held: yes' \
		'waiting: 1 450 later' 'refused: 3 550 no'
	queue_dead "${ID[0]}"
	cp "$QUEUE/dead/${ID[0]}" message.before
	submit --queue-requeue "${ID[0]}"
	expect 0
	same message.before "$QUEUE/msg/${ID[0]}"
	[ ! -e "$QUEUE/dead/${ID[0]}" ]
	printf '%s\n' 'postrider-queue-state: 1' 'attempts: 0' \
		'waiting: 1 450 later' 'waiting: 3 550 no' 'end: yes' >wanted
	grep '^since: [0-9]' "$QUEUE/state/${ID[0]}"
	sed '/^since: /d' "$QUEUE/state/${ID[0]}" >got
	same wanted got
}

@test "what was given up is not held or released, and ALL passes it over" {
	queue_entry "${ID[0]}"
	queue_entry "${ID[1]}"
	queue_dead "${ID[0]}"
	submit --queue-hold "${ID[0]}"
	expect 65 "the message ${ID[0]} has been given up" 'hint: --queue-requeue'
	submit --queue-hold ALL
	expect 0
	[ ! -e "$QUEUE/state/${ID[0]}" ] && [ -e "$QUEUE/state/${ID[1]}" ]
	submit --queue-requeue ALL
	expect 0
	[ -e "$QUEUE/msg/${ID[0]}" ] && [ -e "$QUEUE/msg/${ID[1]}" ]
}

@test "--queue-delete: a message and its state" {
	queue_entry "${ID[0]}"
	queue_state "${ID[0]}" 'attempts: 1' 'waiting: 1'
	# a crash between link and unlink
	ln "$QUEUE/msg/${ID[0]}" "$QUEUE/tmp/${ID[0]}"
	queue_entry "${ID[1]}"
	queue_dead "${ID[1]}"
	queue_entry "${ID[2]}"
	printf 'nonsense\n' >"$QUEUE/state/${ID[2]}"
	submit --queue-delete "${ID[0]}" "${ID[2]}"
	expect 0
	[ "$(find "$QUEUE" -type f)" = "$QUEUE/dead/${ID[1]}" ]
	queue_entry "${ID[0]}"
	submit --queue-delete=ALL
	expect 0
	[ -z "$(find "$QUEUE" -type f)" ]
	submit --queue-delete ALL
	expect 0
}

@test "ids: several, on standard input, and not there" {
	local id

	for id in "${ID[@]}"; do
		queue_entry "$id"
	done
	submit --queue-delete "${ID[0]}" 0000000000000000 nonsense ../x "${ID[1]}"
	expect 65 "note: there is no message 'nonsense' in the queue" \
		"note: there is no message '../x' in the queue" \
		"postrider: there is no message '0000000000000000' in the queue"
	printf '%s \r\n\n  %s' "${ID[2]}" "${ID[3]}" |
		submit --queue-delete - "${ID[4]}"
	expect 0
	printf '%s\n' "${ID[5]}" | submit --queue-delete "${ID[6]}" -
	expect 0
	submit -bP
	shows 2
	submit --queue-delete "${ID[0]}"
	expect 65
}

@test "one that is being sent is left to whoever does" {
	local act

	queue_entry "${ID[0]}"
	queue_entry "${ID[1]}"
	for act in hold release requeue delete; do
		status=0
		busy "${ID[0]}" "$POSTRIDER" -C "$ACCOUNT" "--queue-$act" \
			"${ID[0]}" "${ID[1]}" 2>stderr >stdout || status=$?
		echo "$status" >status
		expect 75 "the message ${ID[0]} is just being sent"
	done
	[ -e "$QUEUE/msg/${ID[0]}" ] && [ ! -e "$QUEUE/msg/${ID[1]}" ]
}

# left TEXT...: mailq leaves out all but ID 1, and says why; the file is not
# changed, and neither shown nor deleted by its id or by ALL.
left() {
	local file=$QUEUE/msg/${ID[0]} text

	submit -bp
	expect 0 "$@"
	has '-- 0 Kbytes in 1 Request.'
	submit --queue-json
	expect 0 "$@"
	[ "$(wc -l <stdout)" -eq 1 ]
	for text in show hold release requeue; do
		submit --queue-$text "${ID[0]}"
		expect 74 "$@"
	done
	submit --queue-hold ALL
	expect 74 "$@"
	[ -e "$file" ] || [ -L "$file" ]
}

@test "what is no entry is told, left out and left alone" {
	local file=$QUEUE/msg/${ID[0]}

	queue_entry "${ID[1]}"
	mkfifo "$file"
	left 'is left alone: it is a FIFO'
	rm "$file"
	ln -s "${ID[1]}" "$file"
	left 'it is a symbolic link'
	rm "$file"
	mkdir "$file"
	left 'it is a folder'
	rmdir "$file"
	: >"$file"
	chmod 600 "$file"
	left 'its header has no end'
	queue_entry "${ID[0]}"
	chmod o+w "$file"
	left 'others can write it (mode 0602)'
	[ "$(id -u)" -ne 0 ] || {
		queue_entry "${ID[0]}"
		chown 12345 "$file"
		left 'it belongs to uid 12345'
		rm "$file"
	}
}

@test "headers that are not understood" {
	local file=$QUEUE/msg/${ID[0]} line

	queue_entry "${ID[1]}"
	while IFS= read -r line; do
		queue_entry "${ID[0]}" "$line"
		left "its line '$line' is not understood"
	done <<'END'
postrider-queue: 2
id: 0000000000000000
time: -1
time: 1e9
uid: root
account: 
file: relative
marks: urgent
sender: alice@example.org
sender: <alice@example.org
sender: <alice@example.org> SIZE=1
return: some
notify: always
octets: 0
octets: 99999999999999999999
recipient: <>
recipient: bob@example.net
recipient: urgent <bob@example.net>
recipient: orcpt=a orcpt=b <bob@example.net>
priority: high
no colon
colon:without blank
: 
END
	for line in id time uid account sender octets recipient; do
		queue_entry "${ID[0]}"
		sed -i "0,/^$line: /{/^$line: /d}" "$file"
		left "it has no line '$line'"
	done
	queue_entry "${ID[0]}"
	sed -i '1{h;d};2G' "$file"
	left "its line 'id: ${ID[0]}' is not understood"
	queue_entry "${ID[0]}" 'time: 1' 'time: 2'
	left "its line 'time: 2' is not understood"
	queue_entry "${ID[0]}" 'recipient: <bob@example.net>' \
		'recipient: <bob@EXAMPLE.net>'
	left "its line 'recipient: <bob@EXAMPLE.net>' is not understood"
	queue_entry "${ID[0]}"
	sed -i 's/^account: .*/account: a\x00b/' "$file"
	left "its line 'account: a' is not understood"
}

@test "messages that are shorter or longer than they should be" {
	local file=$QUEUE/msg/${ID[0]} size

	queue_entry "${ID[1]}"
	queue_entry "${ID[0]}"
	size=$(wc -c <entry.message)
	echo x >>"$file"
	left "its message has $((size + 2)) octets and should have $size"
	truncate -s -3 "$file"
	left "its message has $((size - 1)) octets and should have $size"
	printf 'postrider-queue: 1\nid: %s\n' "${ID[0]}" >"$file"
	left 'its header has no end'
	printf 'postrider-queue: 1' >"$file"
	left 'its header has no end'
	head -c 100000 /dev/zero >"$file"
	left 'its header has no end'
}

@test "states that are not understood" {
	local state=$QUEUE/state/${ID[0]} line

	queue_entry "${ID[1]}"
	queue_entry "${ID[0]}"
	while IFS= read -r line; do
		queue_state "${ID[0]}" "$line"
		left "state/${ID[0]}: it is not understood"
	done <<'END'
postrider-queue-state: 1
attempts: many
attempts: -1
next: 
next: 99999999999999999999
held: no
end: yes
waiting: 0
waiting: 2
waiting: x
mood: bad
no colon
END
	queue_state "${ID[0]}" 'waiting: 1' 'refused: 1'
	left 'it is not understood'
	queue_state "${ID[0]}" 'waiting: 1'
	sed -i '1s/1/2/' "$state"
	left 'it is not understood'
	queue_state "${ID[0]}" 'waiting: 1'
	sed -i '$d' "$state"
	left 'it is not understood'
	truncate -s -1 "$state"
	left 'it is not understood'
	: >"$state"
	left 'it is not understood'
	rm "$state"
	mkfifo "$state"
	left 'a FIFO'
	rm "$state"
	ln -s "${ID[1]}" "$state"
	left 'it is a symbolic link'
}

@test "names that are no ids are no messages" {
	queue_entry "${ID[1]}"
	cp "$QUEUE/msg/${ID[1]}" "$QUEUE/msg/README"
	cp "$QUEUE/msg/${ID[1]}" "$QUEUE/msg/${ID[1],,}"
	cp "$QUEUE/msg/${ID[1]}" "$QUEUE/msg/${ID[1]}0"
	submit -bp
	expect 0
	has '-- 0 Kbytes in 1 Request.'
	[ ! -s stderr ]
	submit --queue-delete README
	expect 65
	submit --queue-delete "${ID[1],,}"
	expect 65
	[ -e "$QUEUE/msg/README" ]
}

@test "100000 recipients" {
	queue_entry "${ID[0]}"
	seq -f 'recipient: <u%06.0f@example.net>' 100000 >list
	sed -i -e '/^recipient: /{r list
	d}' "$QUEUE/msg/${ID[0]}"
	submit -bp
	expect 0
	[ "$(grep -c '@example.net' stdout)" -eq 100000 ]
	submit --queue-hold "${ID[0]}"
	expect 0
	[ "$(grep -c '^waiting: ' "$QUEUE/state/${ID[0]}")" -eq 100000 ]
	submit --queue-json
	expect 0
	[ "$(wc -l <stdout)" -eq 1 ]
}

@test "folders that will not do: told, and the others are listed" {
	queue_entry "${ID[0]}"
	mkdir other
	chmod 777 other
	cat >>"$ACCOUNT" <<END
account other
host 127.0.0.1
queue_directory $PWD/other
END
	submit -bp
	expect 74 "the queue's folder $PWD/other can be written by others" \
		"hint: run: chmod go-w $PWD/other"
	has '-- 0 Kbytes in 1 Request.'
	submit --queue-hold "${ID[0]}" "${ID[1]}"
	expect 74 "note: there is no message '${ID[1]}' in the queue"
	grep -qx 'held: yes' "$QUEUE/state/${ID[0]}"
	rmdir other
	ln -s "$QUEUE" other
	submit -bp
	expect 74 'other is a symbolic link'
	rm other
	submit -bp
	expect 0
	echo 'prot 1' >>"$ACCOUNT"
	submit -bp
	expect 78 "unknown setting 'prot'"
}

@test "all folders of the account file are looked into, each once" {
	queue_entry "${ID[0]}"
	mv "$QUEUE" first
	queue_make
	queue_entry "${ID[1]}"
	cat >>"$ACCOUNT" <<END
account first
host 127.0.0.1
queue_directory $PWD/first
account again
host 127.0.0.1
queue_directory $PWD/first/
END
	submit -bP
	shows 2
	submit --queue-delete "${ID[0]}"
	expect 0
	[ ! -e "first/msg/${ID[0]}" ] && [ -e "$QUEUE/msg/${ID[1]}" ]
}

@test "the command line of all that" {
	local option

	for option in show hold release delete requeue; do
		submit "--queue-$option"
		expect 64 "--queue-$option needs a value"
		submit "--queue-$option="
		expect 64 "--queue-$option needs a value"
		submit "--queue-$option" a "--queue-$option" b
		expect 64 'there twice'
		called sendmail "--queue-$option" ALL
		expect 64 'is not an option of sendmail'
	done
	submit --queue-json --queue-hold ALL
	expect 64 'exclude each other'
	submit --queue-json bob@example.net
	expect 64 '--queue-json takes no recipients' 'no message is sent'
	submit --queue-json -t
	expect 64 'reads no message'
	submit --queue-json -bp
	expect 64 'another mode'
	submit --queue-run=later
	expect 64 'there are now and due'
	submit --queue-run bob@example.net
	expect 64 'takes no recipients' 'no message is sent'
	for option in -q -qf -q15m; do
		called sendmail "$option" bob@example.net
		expect 64 "as 'bob@example.net'" 'no message is sent'
		called sendmail -t "$option"
		expect 64 'reads no message' 'no message is sent'
	done
	for option in -qI -qR -qS; do
		called sendmail "$option"
		expect 64 "$option needs a value"
	done
	called sendmail -bp -qIx
	expect 0 'note: -qI, -qR and -qS do not choose what is listed'
	called sendmail '-q!Ix'
	expect 64 '-q!Ix is not supported'
}

# delivered N...: what the smarthost has got are the entries of these numbers.
delivered() {
	local n

	for n in "$@"; do
		grep -lF "entry ${ID[n]}" "$CAPTURE"/*.message || return
	done >/dev/null
	[ "$(find "$CAPTURE" -name '*.message' | wc -l)" -eq $# ]
}

@test "which messages a run is asked for" {
	local n

	smarthost_serve
	account 'tls off' 'from alice@example.org' 'queue on' \
		"queue_directory $QUEUE"
	for n in 0 1 2 3 4 5; do
		queue_entry "${ID[n]}" "recipient: <bob$n@example.net>" \
			"sender: <alice$n@example.org>"
	done
	queue_state "${ID[4]}" 'held: yes' 'waiting: 1'
	queue_state "${ID[5]}" "next: $(($(date +%s) + 1000))" 'waiting: 1'
	called sendmail -qSice0@
	expect 0
	delivered 0
	called sendmail -qRbob1
	expect 0
	delivered 0 1
	called sendmail "-qI${ID[2]: -8}"
	expect 0
	delivered 0 1 2
	submit --queue-run=due
	expect 0
	delivered 0 1 2 3
	called runq
	expect 0
	delivered 0 1 2 3 5
	submit --queue-release ALL
	submit --queue-run
	expect 0
	delivered 0 1 2 3 4 5
	submit -bp
	shows 'Mail queue is empty'
}

@test "-odq, -odd, -O DeliveryMode: kept without a try" {
	local option n=0

	for option in -odq -odd -ODeliveryMode=q '-o dq' \
		'-odi -odq' '-O DeliveryMode=Deferred'; do
		# shellcheck disable=SC2086
		message | called sendmail $option bob@example.net
		expect 0 'kept in the queue as'
		n=$((n + 1))
		submit -bP
		shows "$n"
	done
	for option in -odi -odb '-odq -odi' -ODeliveryMode=i; do
		# shellcheck disable=SC2086
		message | called sendmail $option bob@example.net
		expect 0 'kept in the queue as' 127.0.0.1:1
		n=$((n + 1))
		submit -bP
		shows "$n"
	done
}

@test "an output that cannot be written" {
	[ -e /dev/full ] || skip 'no /dev/full'
	local option

	queue_entry "${ID[0]}"
	for option in -bp -bP --queue-json --queue-show=ALL; do
		status=0
		"$POSTRIDER" -C "$ACCOUNT" "$option" >/dev/full 2>stderr ||
			status=$?
		echo "$status" >status
		expect 74 'standard output'
	done
}

# broken HOW ID ACTION OLD NEW: has each system call of the action that opens or
# changes something, one at a time, end it (signal=KILL) or fail (error=...);
# the queue is as OLD or NEW prints it then, nothing is in the way of another
# action, and whoever heard 0 has NEW.
broken() {
	local how=$1 id=$2 action=$3 old=$4 new=$5 call n end times=0
	local -a calls=(write fsync renameat unlinkat)

	command -v strace >/dev/null || skip 'no strace'
	[ "$how" != signal=KILL ] || calls+=(openat)
	for call in "${calls[@]}"; do
		for ((n = 1; ; n++)); do
			rm -rf "$QUEUE"
			cp -a before "$QUEUE"
			end=0
			ASAN_OPTIONS=detect_leaks=0 timeout -k 5 "$LIMIT" \
				strace -f -o calls -e "trace=$call" \
				-e "inject=$call:$how:when=$n" \
				"$POSTRIDER" -C "$ACCOUNT" \
				"--queue-$action" "$id" \
				>/dev/null 2>stderr || end=$?
			! grep -q 'PTRACE\|ptrace' stderr ||
				skip 'nothing can be traced here'
			submit --queue-json
			expect 0
			[ ! -s stderr ]
			cmp -s "$new" stdout || { [ "$end" -ne 0 ] &&
				grep -qxF -f "$old" stdout; } ||
				{ cat calls stdout >&2 && return 1; }
			submit "--queue-$action" ALL
			expect 0
			submit --queue-json
			same "$new" stdout
			[ "$end" -eq 137 ] || grep -q INJECTED calls || break
			times=$((times + 1))
		done
		[ "$end" -eq 0 ]
	done
	[ "$times" -gt 1 ]
}

# killed ID ACTION OLD NEW, failing ID ACTION OLD NEW
killed() {
	broken signal=KILL "$@"
}

failing() {
	broken error=ENOSPC "$@"
	broken error=EIO "$@"
}

@test "a kill at any step leaves what was, or what should be" {
	queue_entry "${ID[0]}" 'recipient: <a@example.net>' \
		'recipient: <b@example.net>'
	queue_state "${ID[0]}" 'attempts: 1' 'next: 5' 'waiting: 1 450 later' \
		'refused: 2 550 no'
	cp -a "$QUEUE" before
	submit --queue-json
	mv stdout plain
	sed 's/"flags": \[/&"held"/' plain >held
	sed 's/"next": 5/"next": 0/' plain >due
	: >nothing
	killed "${ID[0]}" hold plain held
	killed "${ID[0]}" requeue plain due
	killed "${ID[0]}" delete plain nothing
	sed -i 's/^next: 5$/held: yes/' "before/state/${ID[0]}"
	sed 's/"flags": \[/&"held"/' due >held
	killed "${ID[0]}" release held due
}

@test "a kill while what was given up is revived" {
	queue_entry "${ID[0]}" 'recipient: <a@example.net>' \
		'recipient: <b@example.net>'
	queue_state "${ID[0]}" 'attempts: 7' 'waiting: 1 450 later' \
		'refused: 2 550 no'
	queue_dead "${ID[0]}"
	cp -a "$QUEUE" before
	submit --queue-json
	sed 's/"attempts": 7/"attempts": 0/;s/refused/waiting/' stdout >between
	cat between >>stdout
	mv stdout old
	sed 's/"dead"//' between >new
	killed "${ID[0]}" requeue old new
	: >nothing
	killed "${ID[0]}" delete old nothing
}

@test "a disk that fails at any step leaves what was, or what should be" {
	queue_entry "${ID[0]}"
	queue_state "${ID[0]}" 'attempts: 1' 'next: 5' 'waiting: 1 450 later'
	cp -a "$QUEUE" before
	submit --queue-json
	mv stdout plain
	sed 's/"flags": \[/&"held"/' plain >held
	: >nothing
	failing "${ID[0]}" hold plain held
	failing "${ID[0]}" delete plain nothing
	mv "before/msg/${ID[0]}" "before/dead/${ID[0]}"
	sed 's/"flags": \[/&"dead"/' plain >old
	sed 's/"attempts": 1/"attempts": 0/;s/"next": 5/"next": 0/' plain >new
	sed 's/"flags": \[/&"dead"/' new >>old
	failing "${ID[0]}" requeue old new
}

@test "a queue that cannot be found is not told as an empty one" {
	queue_make
	queue_entry 018BCFE568000001
	echo 'garbage here' >>"$ACCOUNT"
	submit -bp
	expect 78 "unknown setting 'garbage'"
	[ ! -s stdout ]
	submit -bP
	expect 78
	[ ! -s stdout ]
}
