#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# The command line: what it refuses before anything happens, and the names
# that the program is called by.  What options mean for a message is tested
# where that is.  Nothing listens on port 1, so what is taken ends with 75.

load ../helper

setup() {
	postrider_setup
	account_file 'host 127.0.0.1' 'port 1' 'from a@example.org'
}

# called NAME ARGUMENT...: by another name
called() {
	ln -sf "$POSTRIDER" "$1"
	POSTRIDER=$PWD/$1 postrider "${@:2}"
}

# taken ARGUMENT...: the command line is right
taken() {
	submit "$@" < <(message)
	expect 75 127.0.0.1:1
}

# usage TEXT ARGUMENT...: it is wrong, for that reason
usage() {
	submit "${@:2}" < <(message)
	expect 64 "$1"
}

@test "the ways real programs call sendmail" {
	taken -FCronDaemon -i -B8BITMIME -oem root@example.org
	taken -FCronDaemon -i -odi -oem -t
	taken -t -i -fweb@example.org
	taken -oi -fweb@example.org -t
	taken -i -f web@example.org -- b@example.org
	taken -oem -oi -f web@example.org -N failure,delay -R hdrs -- \
		b@example.org
	taken -oi -odi -oem -f web@example.org -N success,delay,failure \
		-V id b@example.org
	taken -f '<>' b@example.org
	taken -f '' b@example.org
	taken -ti
	taken b@example.org -i
}

@test "a recipient is not eaten by an option that is ignored" {
	taken -oA b@example.org
	expect 75 'note: -oA ignored'
	taken -oQ b@example.org
}

@test "unknown options are named, with what was meant" {
	usage 'unknown option -z' -z b@example.org
	usage 'unknown option --pirt' --pirt=25 b@example.org
	expect 64 'hint: did you mean --port?'
	usage 'unknown option --xyzzy' --xyzzy b@example.org
	expect 64 'hint: --help lists'
}

@test "modes of a mail server are refused by name" {
	local mode

	for mode in -bd -bdf -bD -bl -bw -ba -bS -bz; do
		usage "$mode is not supported" "$mode"
		expect 64 'hint: '
	done
}

@test "values that are missing or wrong" {
	usage '-f needs a value' b@example.org -f
	usage '--port needs a value' b@example.org --port
	usage "--port: port '025'" --port=025 b@example.org
	usage "-N 'maybe'" -N maybe b@example.org
	usage "-R 'some'" -R some b@example.org
	usage "-B 'BINARY'" -B BINARY b@example.org
}

@test "no recipients" {
	submit </dev/null
	expect 64 'no recipients' 'hint: name them'
}

@test "control characters and tricks with brackets" {
	local nl=$'\n'

	submit "b@example.org${nl}RCPT TO:<c@example.org>" < <(message)
	expect 65 '\x0a'
	submit -f "a@example.org${nl}DATA" b@example.org < <(message)
	expect 65 '\x0a'
	submit -f 'a@example.org> SIZE=0 X=<' b@example.org < <(message)
	expect 65
	submit '@example.org' < <(message)
	expect 65
	submit '' < <(message)
	expect 65 'holds no address'
	submit '|cat' < <(message)
	expect 65
	usage 'control character' -F "A${nl}Bcc: c@example.org" b@example.org
	usage 'control character' -V "id${nl}" b@example.org
	usage 'control character' --host "h${nl}" b@example.org
	usage 'control character' --domain "h${nl}" b@example.org
	usage 'control character' --user "u${nl}" b@example.org
}

@test "--help and --version, whatever else there is" {
	postrider --help
	expect 0
	grep -q '^  -f ADDRESS, --from=ADDRESS' stdout
	postrider --version --nonsense
	expect 0
	grep -q '^postrider [0-9]' stdout
	postrider -d0.1
	expect 0
	grep -q '^postrider [0-9]' stdout
	called sendmail --help
	expect 0
}

@test "an output that cannot be written is told" {
	[ -e /dev/full ] || skip 'no /dev/full'
	local status=0

	"$POSTRIDER" --help >/dev/full 2>stderr || status=$?
	echo "$status" >status
	expect 74 'standard output'
}

@test "as sendmail: no long options, no -X, but -a" {
	called sendmail --host=127.0.0.1 b@example.org < <(message)
	expect 64 '--host is not an option of sendmail' 'by its own name'
	called sendmail --passwordeval='touch ran' b@example.org < <(message)
	expect 64 '--passwordeval is not an option'
	called sendmail -Xlog b@example.org < <(message)
	expect 64 '-X is not supported'
	[ ! -e log ]
	cp "$ACCOUNT" .msmtprc
	called sendmail -a default b@example.org < <(message)
	expect 75 127.0.0.1:1
	called send-mail b@example.org < <(message)
	expect 75 127.0.0.1:1
}

@test "mailq, newaliases and runq" {
	called mailq
	expect 0
	grep -qx 'Mail queue is empty' stdout
	called sendmail -bp
	expect 0
	grep -qx 'Mail queue is empty' stdout
	called newaliases
	expect 0
	grep -q alias stdout
	called runq
	expect 0
}

@test "hoststat and purgestat, of mailer.conf: nothing, and 0" {
	local name

	for name in hoststat purgestat; do
		called "$name" </dev/null
		expect 0
		[ ! -s stdout ]
		[ ! -s stderr ]
	done
	called hoststat mail.example.org </dev/null
	expect 0
	[ ! -s stdout ]
}
