#!/bin/bash
# SPDX-License-Identifier: ISC
#
# usage: SMARTHOST=program tests/smarthost/selftest.sh
#
# The referee is tested too: bash, openssl and gsasl are its clients, good and
# bad ones, and each has to get the verdict it deserves. Speaks TAP.

set -u
shopt -s lastpipe # the dialogue comes through a pipe, into this shell
trap '' PIPE       # the server may hang up on us

SMARTHOST=$(realpath "${SMARTHOST:?the program to test}")
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
"$here/../certs.sh" certs || exit 1

count=0
failed=0

verdict() { # NAME ok|not-ok [DETAIL]
	count=$((count + 1))
	if [ "$2" = ok ]; then
		echo "ok $count - $1"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $count - $1"
	printf '%s\n' "${3-}" | sed 's/^/# /'
	for file in errors transcript; do
		[ -s "$file" ] && sed "s/^/# $file: /" "$file"
	done
}

same() { # NAME EXPECTED ACTUAL
	if [ "$2" = "$3" ]; then
		verdict "$1" ok
	else
		verdict "$1" not-ok "expected: $2
actual: $3"
	fi
}

has() { # NAME PATTERN FILE
	if grep -qe "$2" "$3"; then
		verdict "$1" ok
	else
		verdict "$1" not-ok "no $2 in $3"
	fi
}

start() { # OPTIONS: sets pid and port
	rm -f port errors
	: >transcript
	"$SMARTHOST" --port-file port --transcript transcript --timeout 20 \
	    --cert certs/good.pem --key certs/good.key "$@" 2>errors &
	pid=$!
	local tries=0
	while [ ! -e port ] && [ $tries -lt 500 ]; do
		kill -0 $pid 2>/dev/null || break
		sleep 0.01
		tries=$((tries + 1))
	done
	port=$(cat port 2>/dev/null || echo 0)
}

finish() { # waits until the program ends; rc is its status
	rc=0
	wait "$pid" || rc=$?
}

stop() { # ends a server; rc is its status
	kill -TERM "$pid"
	finish
}

# converse IN OUT WORD...: each word is one write to OUT, with printf's escapes,
# after which one reply of any number of lines is read from IN. (bash's own
# printf makes a write of each line.) `-` before it: nothing is read. `hear` only
# reads; `sleep` waits.
converse() {
	local in=$1 out=$2 word line
	shift 2
	for word; do
		case $word in
		sleep) sleep 0.1; continue ;;
		hear) ;;
		-*) env printf '%b' "${word#-}" >&"$out"; continue ;;
		*) env printf '%b' "$word" >&"$out" ;;
		esac
		while IFS= read -r -t 10 line <&"$in"; do
			[ "${line:3:1}" = - ] || break
		done
	done 2>/dev/null
}

client() { # WORD...
	exec 3<>"/dev/tcp/127.0.0.1/$port" || return
	converse 3 3 "$@"
	exec 3<&- 3>&-
}

# play NAME STATUS CLIENT-WORDS: the dialogue is standard input
play() {
	local name=$1 expected=$2
	shift 2
	cat >dialogue
	start --play dialogue
	client "$@"
	finish
	same "$name" "$expected" "$rc"
}

# --- The player: order -----------------------------------------------------

hello='S: 220 mail.example.org\nC: EHLO c.example.org\nS: 250 ok'

printf '%b\n' "$hello" 'C: QUIT' 'S: 221 bye' |
	play 'a dialogue that is followed' 0 hear 'EHLO c.example.org\r\n' 'QUIT\r\n'
has 'turns are counted' '^== turns 2$' transcript
has 'what came is on record' '^C: EHLO c.example.org$' transcript
has 'what was sent is on record' '^S: 250 ok$' transcript

printf '%b\n' "$hello" |
	play 'another command' 1 hear 'EHLO d.example.org\r\n'
has 'the line is named' 'dialogue:2: C: EHLO c.example.org' errors
has 'what came is shown' 'came: *EHLO d.example.org' errors

printf '%b\n' '! pause 300' "$hello" |
	play 'a client that talks before the greeting' 1 '-EHLO c.example.org\r\n' sleep hear

printf '%b\n' "$hello" 'C: MAIL' 'S: 250 ok' 'C: RCPT' 'S: 250 ok' |
	play 'a client that runs ahead' 1 hear 'EHLO c.example.org\r\n' 'MAIL\r\nRCPT\r\n' hear
has 'running ahead is called so' 'runs ahead' errors

printf '%b\n' "$hello" 'C: MAIL' 'C: RCPT' 'S: 250 one' 'S: 250 two' |
	play 'a pipelined group' 0 hear 'EHLO c.example.org\r\n' 'MAIL\r\nRCPT\r\n' hear
printf '%b\n' "$hello" 'C: MAIL' 'C: RCPT' 'S: 250 one' 'S: 250 two' |
	play 'a group in two writes' 0 hear 'EHLO c.example.org\r\n' '-MAIL\r\n' 'RCPT\r\n' hear
printf '%b\n' "$hello" 'C: MAIL' 'C: RCPT' 'S: 250 one' 'S: 250 two' |
	play 'a client that waits too early' 1 hear 'EHLO c.example.org\r\n' '-MAIL\r\n' sleep

printf '%b\n' "$hello" 'C: MAIL FROM:<*> SIZE=*' 'S: 250 ok' |
	play 'stars in a pattern' 0 hear 'EHLO c.example.org\r\n' 'MAIL FROM:<a@b> SIZE=12\r\n'
printf '%b\n' 'S: 220 x' 'C: a\\*b*' 'S: 250 ok' |
	play 'a literal star' 0 hear 'a*bc\r\n'
printf '%b\n' 'S: 220 x' 'C: a\\*b*' 'S: 250 ok' |
	play 'a literal star that is none' 1 hear 'axbc\r\n'
printf '%b\n' 'S: 220 x' 'C: *aab*c' 'S: 250 ok' |
	play 'a star that has to retry' 0 hear 'aaabaabbxc\r\n'
printf '%b\n' 'S: 220 x' 'C: a' 'S: 250 ok' |
	play 'case counts' 1 hear 'A\r\n'

for flaw in 'NOOP\n' 'NO\rOP\r\n' 'NO\x00OP\r\n' 'NOOP\n\r\n'; do
	printf '%b\n' 'S: 220 x' 'C: *' 'S: 250 ok' |
		play "a flawed line: $flaw" 1 hear "-$flaw"
done
printf '%b\n' 'S: 220 x' 'C: NOOP' |
	play 'an unfinished line' 1 hear '-NOOP'

printf '%b\n' '! octets a\\0\\x05' 'S- \\x01' 'C: NOOP' 'S: 250 ok' |
	play 'octets that are no line' 0 '-a\x00' '-\x05' sleep 'NOOP\r\n'
printf '%b\n' '! octets a\\0\\x05' |
	play 'another octet' 1 '-a\x00\x06'
has 'which is named' '0x06 as octet 3' errors
printf '%b\n' '! octets abc' |
	play 'octets that are too few' 1 '-ab'

# --- The player: the end ---------------------------------------------------

printf '%b\n' "$hello" | play 'closing at the end' 0 hear 'EHLO c.example.org\r\n'
printf '%b\n' "$hello" |
	play 'QUIT at the end' 0 hear 'EHLO c.example.org\r\n' 'QUIT\r\n'
printf '%b\n' "$hello" |
	play 'another command at the end' 1 hear 'EHLO c.example.org\r\n' 'RSET\r\n'
printf '%b\n' "$hello" '! eof' |
	play 'eof forbids QUIT' 1 hear 'EHLO c.example.org\r\n' '-QUIT\r\n'
printf '%b\n' "$hello" '! eof' |
	play 'eof' 0 hear 'EHLO c.example.org\r\n'
printf '%b\n' "$hello" 'C? QUIT' 'S: 221 bye' |
	play 'an optional QUIT that comes' 0 hear 'EHLO c.example.org\r\n' 'QUIT\r\n'
printf '%b\n' "$hello" 'C? QUIT' 'S: 221 bye' |
	play 'an optional QUIT that does not' 0 hear 'EHLO c.example.org\r\n'
printf '%b\n' "$hello" 'C? NOOP' 'S: 250 ok' 'C: MAIL' 'S: 250 ok' |
	play 'an optional line that is skipped' 0 hear 'EHLO c.example.org\r\n' 'MAIL\r\n'
printf '%b\n' "$hello" 'C: MAIL' 'C? QUIT' 'S: 250 ok' |
	play 'an optional line nobody waits for' 0 hear 'EHLO c.example.org\r\n' 'MAIL\r\n'
printf '%b\n' "$hello" 'C: QUIT' 'S: 221 bye' |
	play 'QUIT without waiting' 0 hear 'EHLO c.example.org\r\n' '-QUIT\r\n'
printf '%b\n' "$hello" 'C: DATA' 'C: QUIT' '! pause 300' 'S: 250 ok' 'S: 221 bye' |
	play 'gone before the reply that counts' 1 hear 'EHLO c.example.org\r\n' '-DATA\r\nQUIT\r\n'
printf '%b\n' "$hello" 'C: DATA' 'C: QUIT' '! pause 300' 'S: 250 ok' '! pause 10' 'S: 221 bye' |
	play 'gone before it, QUIT in a group of its own' 1 hear 'EHLO c.example.org\r\n' '-DATA\r\nQUIT\r\n'
printf '%b\n' "$hello" 'C: DATA' 'C: QUIT' 'S: 250 ok' '! pause 10' 'S: 221 bye' |
	play 'gone behind it' 0 hear 'EHLO c.example.org\r\n' 'DATA\r\nQUIT\r\n'
printf '%b\n' "$hello" 'C: MAIL' '! pause 300' 'S: 250 ok' |
	play 'gone before the reply' 1 hear 'EHLO c.example.org\r\n' '-MAIL\r\n'

# --- The player: bodies ----------------------------------------------------

body() { # NAME STATUS CONTENT WRITES...
	local name=$1 expected=$2 content=$3
	shift 3
	rm -f content
	printf '%b\n' 'S: 354 go' '! body content' 'S: 250 ok' |
		play "$name" "$expected" hear "$@"
	if [ "$expected" = 0 ]; then
		printf '%b' "$content" >wanted
		same "$name: content" "$(od -c wanted)" "$(od -c content)"
	fi
}
body 'a body' 0 'a\r\nb\r\n' 'a\r\nb\r\n.\r\n'
body 'an empty body' 0 '' '.\r\n'
body 'stuffed dots are kept' 0 '..\r\n..a\r\n' '..\r\n..a\r\n.\r\n'
body 'a body in pieces' 0 'a\r\n\r\n..\r\nb\r\n' '-a' sleep '-\r' sleep \
    '-\n\r\n.' sleep '-.\r\nb\r\n' sleep '-.' sleep '-\r' sleep '\n'
body 'dots within lines' 0 'a.\r\n b.c\r\n' 'a.\r\n b.c\r\n.\r\n'
body 'a bare LF in a body' 1 '' '-a\nb\r\n.\r\n'
body 'a bare CR in a body' 1 '' '-a\rb\r\n.\r\n'
body 'two CR in a body' 1 '' '-a\r\r\n.\r\n'
body 'a NUL in a body' 1 '' '-a\x00b\r\n.\r\n'
body 'an unstuffed dot' 1 '' '-.a\r\n.\r\n'
body 'LF dot LF' 1 '' '-a\n.\nMAIL\r\n'
body 'CR dot CR' 1 '' '-a\r\n.\rb\r\n'
body 'a body without its end' 1 '' '-a\r\n'
body 'a command behind the body' 1 '' '-a\r\n.\r\nMAIL\r\n' sleep hear

export SMARTHOST_DIR=$work/kept
mkdir kept
printf '%b\n' 'S: 220 x' '! body folder' 'S: 250 ok' |
	play 'SMARTHOST_DIR' 0 hear 'x\r\n.\r\n'
same 'the file is there' x "$(tr -d '\r' <kept/folder)"
unset SMARTHOST_DIR

printf '%b\n' 'S: 220 x' '! bdat chunks' 'C: QUIT' 'S: 250 1' 'S: 250 2' 'S: 221 bye' |
	play 'chunks' 0 hear 'BDAT 4\r\na\r\n.BDAT 3 LAST\r\nb\r\nQUIT\r\n' hear hear
printf 'a\r\n.b\r\n' >wanted
same 'chunks: content' "$(od -c wanted)" "$(od -c chunks)"
rm -f chunks
printf '%b\n' 'S: 220 x' '! chunk chunks' 'S: 250 1' '! chunk chunks' 'S: 250 2' |
	play 'chunk by chunk' 0 hear 'BDAT 4\r\na\r\n.' 'BDAT 3 LAST\r\nb\r\n'
same 'chunk by chunk: content' "$(od -c wanted)" "$(od -c chunks)"
printf '%b\n' 'S: 220 x' '! bdat -' 'S: 250 1' |
	play 'an empty last chunk' 0 hear 'BDAT 3\r\na\r\nBDAT 0 LAST\r\n'
printf '%b\n' 'S: 220 x' '! bdat -' 'S: 250 1' |
	play 'a torn last line' 1 hear 'BDAT 1 LAST\r\na'
printf '%b\n' 'S: 220 x' '! bdat -' 'S: 250 1' |
	play 'a bare LF in a chunk' 1 hear '-BDAT 2 LAST\r\na\n'
printf '%b\n' 'S: 220 x' '! bdat -' 'S: 250 1' |
	play 'BDAT without a size' 1 hear '-BDAT LAST\r\n'

# --- The player: what a server can do to a client --------------------------

printf '%b\n' '! slow 0' "$hello" '! slow 1' 'C: MAIL' 'S: 250 slow' |
	play 'byte by byte' 0 hear 'EHLO c.example.org\r\n' 'MAIL\r\n'
printf '%b\n' "$hello" 'C: MAIL' '! pause 60' 'S: 250 late' |
	play 'a pause' 0 hear 'EHLO c.example.org\r\n' 'MAIL\r\n'
printf '%b\n' "$hello" 'C: MAIL' '! pause 60' 'S: 250 late' |
	play 'a pause that is not waited for' 1 hear 'EHLO c.example.org\r\n' '-MAIL\r\nRCPT\r\n' hear
for end in close bye reset; do
	printf '%b\n' "$hello" 'C: MAIL' "! $end" |
		play "$end" 0 hear 'EHLO c.example.org\r\n' 'MAIL\r\n'
	printf '%b\n' "$hello" 'C: MAIL' "! $end" |
		play "$end, running ahead" 1 hear 'EHLO c.example.org\r\n' 'MAIL\r\nRCPT\r\n'
done
printf '%b\n' "$hello" 'C: MAIL' '! stall' |
	play 'a stall' 0 hear 'EHLO c.example.org\r\n' '-MAIL\r\nRCPT\r\n' sleep
printf '%b\n' "$hello" 'C: MAIL' '! flood 250-more' |
	play 'a flood' 0 hear 'EHLO c.example.org\r\n' '-MAIL\r\n' sleep
printf '%b\n' "$hello" '! early' 'C: MAIL' 'S: 250 early' 'C: RCPT' 'S: 250 ok' |
	play 'an early reply' 0 hear 'EHLO c.example.org\r\n' hear 'MAIL\r\nRCPT\r\n'
printf '%b\n' "$hello" 'C: MAIL' '! ahead' 'S: 250 one' 'C: RCPT' 'S: 250 two' |
	play 'ahead lets more come' 0 hear 'EHLO c.example.org\r\n' 'MAIL\r\nRCPT\r\n' hear
printf '%b\n' "$hello" '! noread' 'C: MAIL' 'S: 250 deaf' '! pause 20' 'S: 250 still' '! read' 'C: RCPT' 'S: 250 ok' |
	play 'noread and read' 0 hear 'EHLO c.example.org\r\n' hear hear 'MAIL\r\nRCPT\r\n'
printf '%b\n' 'S- 22' '! pause 10' 'S- 0 x\\r\\n' 'C: \xc3\xa4' 'S: a\\x41\\t\\\\\\0' |
	play 'escapes and partial lines' 0 hear '-\xc3\xa4\r\n' sleep
has 'escapes: sent' '^S: aA\\t\\\\\\0$' transcript

# --- The program -----------------------------------------------------------

echo 'S: 220 x' >dialogue
start --play dialogue
stop
same 'SIGTERM before any client' 4 "$rc"
"$SMARTHOST" --play dialogue --timeout 1 2>errors
same 'the guard' 3 $?
has 'the guard says what for' 'waiting for client 1' errors
start --play dialogue --timeout 1
exec 4<>"/dev/tcp/127.0.0.1/$port"
finish
same 'the guard within a session' 3 "$rc"
exec 4<&-
has 'the guard says where' 'the end of the connection' errors

while IFS= read -r line; do
	printf '%b\n' "$line" >dialogue
	"$SMARTHOST" --play dialogue 2>errors
	same "not a dialogue: $line" 2 $?
done <<'END'
X: y
S:220
C:x
! frobnicate
S: \\q
! tls now
! body
! body a b
! slow
! slow x
! auth PLAIN a
! auth NONE a b
! close\nS: 220
END
"$SMARTHOST" 2>errors
same 'usage' 2 $?

echo 'S: 220 one' >one
echo 'S: 220 two' >two
start --play one --play two --sessions 3
client hear; client hear; client hear
finish
same 'several scripts and sessions' '0 one two two' \
    "$rc $(sed -n 's/^S: 220 //p' transcript | tr '\n' ' ' | sed 's/ $//')"
start --play one --listen '[::1]:0'
if exec 3<>"/dev/tcp/::1/$port"; then
	read -r -t 5 <&3
	exec 3<&-
	finish
	same 'IPv6' 0 "$rc"
else
	stop
	verdict 'IPv6 # SKIP no ::1' ok
fi 2>/dev/null
start --play one --listen "unix:$work/socket"
openssl s_client -unix "$work/socket" </dev/null >/dev/null 2>&1
finish
same 'a Unix socket' 1 "$rc"
has 'a Unix socket: somebody came' 'deviation' transcript

# shellcheck source=tests/smarthost/selftest-tls.bash
. "$here/selftest-tls.bash"
# shellcheck source=tests/smarthost/selftest-serve.bash
. "$here/selftest-serve.bash"

echo "1..$count"
[ $failed -eq 0 ]
