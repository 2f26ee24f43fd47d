#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Aliases: whom a local recipient stands for, what the header tells of it, and
# what newaliases says.

load ../helper
load ../modes/serve

# serve LINE...: an honest smarthost, and an account with the alias file that
# standard input is.
serve() {
	cat >names
	smarthost_serve
	account 'tls off' 'from alice@example.org' 'timeout 30' \
		"aliases $PWD/names" "$@"
}

# The same without a server: it must not come to a connection.
nowhere() {
	cat >names
	account_file 'host 127.0.0.1' 'port 1' 'tls off' \
		'from alice@example.org' "aliases $PWD/names" "$@"
}

# The recipients of message N, in their order.
recipients() {
	sed -n 's/^rcpt <\(.*\)>.*/\1/p' "$CAPTURE/${1:-1}.envelope" | xargs
}

# The lines of message N that begin so.
field() {
	tr -d '\r' <"$CAPTURE/${2:-1}.message" | sed '/^$/,$d' | grep "^$1"
}

# told NAME... -- ARGUMENT...: postrider, given these arguments, asks for these
# recipients: bare ones, which the honest smarthost would not take.
told() {
	local -a names=()

	while [ "$1" != -- ]; do
		names+=("$1")
		shift
	done
	shift
	begin < <(
		echo 'C: MAIL FROM:<alice@example.org>'
		echo 'S: 250 ok'
		printf 'C: RCPT TO:<%s>\nS: 550 no\n' "${names[@]}"
		echo 'C? QUIT'
	)
	if [ -z "${NO_FILE:-}" ]; then
		echo "aliases $PWD/names" >>"$ACCOUNT"
	fi
	message | submit "$@"
	smarthost_wait
	expect 67
}

# A message to the addresses that standard input holds as header lines.
to() {
	cat
	printf '%s\n' 'From: alice@example.org' 'Subject: a test' '' text
}

@test "a name becomes its addresses, in place and once" {
	serve <<'END'
# the administrators
Root: joe@example.org, "Doe, Jane" <jane@example.org>,
	ops # and those whom that means

	, joe@example.org,
ops: ann@example.net (on duty, mostly), joe@Example.org
END
	message | submit first@example.com root last@example.com
	expect 0
	[ "$(recipients)" = 'first@example.com joe@example.org jane@example.org ann@example.net last@example.com' ]
}

@test "case, quotes and blanks of a name do not matter" {
	serve <<'END'
"Two Words" : two@example.org
ROOT:one@example.org
END
	message | submit rOOt '"tWo words"@localhost'
	expect 0
	[ "$(recipients)" = 'one@example.org two@example.org' ]
}

@test "aliases are for names, localhost, this host and alias_domains" {
	local host

	host=$(uname -n)
	serve 'alias_domains lan.example.org, Other.example' <<'END'
root: joe@example.org
here: host@example.org
END
	message | submit root@LocalHost.
	message | submit root@lan.example.org root@other.EXAMPLE
	message | submit root@example.com
	message | submit "here@$host" "here@${host%%.*}"
	expect 0
	[ "$(recipients)" = joe@example.org ]
	[ "$(recipients 2)" = joe@example.org ]
	[ "$(recipients 3)" = root@example.com ]
	[ "$(recipients 4)" = host@example.org ]
}

@test "alias_domains with something else in it is an error" {
	nowhere 'alias_domains example.org; x' <<<'root: joe@example.org'
	message | submit root
	expect 78 "alias_domains ($ACCOUNT:6): 'example.org;' is no domain"
}

@test "a name that is no alias stays as it is" {
	echo 'root: joe@example.org' >names
	told other joe@example.org -- other root
}

@test "default serves the names that have no alias" {
	serve <<'END'
default: all@example.org
root: joe@example.org, nested
END
	message | submit other one@example.com
	message | submit root
	expect 0
	[ "$(recipients)" = 'all@example.org one@example.com' ]
	[ "$(recipients 2)" = 'joe@example.org all@example.org' ]
}

@test "an asterisk serves them, too, as in dma's file" {
	serve <<'END'
*: all@example.org
root: joe@example.org
END
	message | submit other root one@example.com
	expect 0
	[ "$(recipients)" = 'all@example.org joe@example.org one@example.com' ]
}

@test "an alias may name itself, and a backslash ends the search" {
	cat >names <<'END'
root: root, joe@example.org
ann: \root
default: boss@example.org, other
END
	told root joe@example.org -- root
	told root -- ann
	told boss@example.org other -- another
}

@test "a circle is an error with its line, before any connection" {
	nowhere <<'END'
a: b
b: x@example.org, c
c:
	A
END
	message | submit b
	expect 78 "$PWD/names:1: the alias 'a' leads back to the alias 'b'"
	expect_not 'connect'
}

@test "commands, files and lists are errors only when they are reached" {
	serve <<'END'
good: joe@example.org
news: "|/usr/lib/news post, all"
other: |/bin/cat
null: /dev/null
list: joe@example.org,
	:include:/etc/passwd
fail: :fail: gone
chain: list
END
	message | submit good
	expect 0
	message | submit news
	expect 78 "$PWD/names:2: the alias 'news' leads to a command"
	message | submit good other
	expect 78 "$PWD/names:3: the alias 'other' leads to a command"
	message | submit null
	expect 78 "$PWD/names:4: the alias 'null' leads to a file"
	message | submit chain
	expect 78 "$PWD/names:6: the alias 'list' leads to a list"
	message | submit fail
	expect 78 "$PWD/names:7: the alias 'fail' leads to something"
	[ ! -e "$CAPTURE/2.message" ]
}

@test "alias_include: a list in another file, once and unseen" {
	serve 'alias_include on' <<END
team: ann@example.org, :include:$PWD/list, ":include: $PWD/list"
one: :include:$PWD/single
lost: joe@example.org, :include:$PWD/nothing
round: :include:$PWD/round
bad: :include:$PWD/bad
END
	cat >list <<END
# the others
joe@example.org
"Doe, Jane" <jane@example.org>, one
	ann@example.org
END
	printf 'single@example.org\r\n' >single
	echo ":include:$PWD/round" >round
	printf '\n\nx@example.org\n one two\n' >bad
	message | submit team
	expect 0
	[ "$(recipients)" = 'ann@example.org joe@example.org jane@example.org single@example.org' ]
	to <<<'To: one' | submit -t
	expect 0
	[ "$(recipients 2)" = single@example.org ]
	[ "$(field 'To:' 2)" = 'To: one' ]
	message | submit lost
	expect 78 "$PWD/names:3: alias file $PWD/nothing cannot be read"
	message | submit round
	expect 78 "$PWD/round:1: the list $PWD/round leads back to the list"
	message | submit bad
	expect 78 "$PWD/bad:4:2: words that are no address"
	message | submit --alias-include=off one
	expect 78 "$PWD/names:2: the alias 'one' leads to a list" 'alias_include on'
	submit -bi
	expect 78 "$PWD/names:3:" "$PWD/round:1:" "$PWD/bad:4:2" '3 errors'
}

@test "an entry with an error is one only when it is reached" {
	serve <<'END'
good: joe@example.org
bad: one two
empty: ,
half: Doe, John <john@example.org>
quote: "joe
	@example.org
END
	message | submit good
	expect 0
	message | submit bad
	expect 78 "$PWD/names:2:6: words that are no address"
	message | submit empty
	expect 78 "$PWD/names:3:1: the alias has no address"
	message | submit half
	expect 78 "$PWD/names:4:12: name without an address" 'in quotes'
	message | submit quote
	expect 78 "$PWD/names:5:8: quoted text without its end"
}

@test "lines that are no entries are errors of a file that is configured" {
	local text

	for text in 'root joe@example.org' 'root@localhost: x' '"root: x' \
		': x' ' x' $'root: x\nROOT: y'; do
		nowhere <<<"$text"
		message | submit root
		expect 78 "$PWD/names:"
		message | submit joe@example.com
		expect 75
	done
	expect 75
}

@test "an alias file that is configured must be readable" {
	nowhere 'aliases nothing' </dev/null
	message | submit root
	expect 78 'alias file nothing cannot be read: No such file'
	message | submit root@example.com
	expect 75
	nowhere 'aliases /dev/null' </dev/null
	message | submit root
	expect 78 'alias file /dev/null is not a regular file' 'without a value'
}

@test "no file, or -n: no aliases" {
	echo 'root: joe@example.org' >names
	told root -- -n root
	told root -- --aliases= root
	NO_FILE=1 told joe@example.org -- --aliases="$PWD/names" root
	nowhere 'aliases' <names
	message | submit root
	expect 75
	echo 'aliases nothing' >>"$ACCOUNT"
	message | submit root
	expect 78
}

@test "the header shows the address, and only that changes" {
	serve <<'END'
root: joe@example.org
ann: ann.other@example.org
END
	to <<'END' | submit -t
To: "Charlie, R." <root>,
	root@localhost (the other one) , x@example.com,root
Cc: friends: Bob <b@example.com>, ann ;
Reply-To: root
END
	expect 0
	field 'To:' >got
	tr -d '\r' <"$CAPTURE/1.message" | sed -n '/^To:/,/^Reply-To:/p' >got
	cmp - got <<'END'
To: "Charlie, R." <joe@example.org>, x@example.com
Cc: friends: Bob <b@example.com>, ann.other@example.org ;
Reply-To: root
END
	[ "$(recipients)" = 'joe@example.org x@example.com b@example.com ann.other@example.org' ]
}

@test "nobody learns who is on a list, or who gets the rest" {
	serve <<'END'
team: joe@example.org, ann@example.org
chain: team
one: joe@example.org, JOE2
joe2: joe@example.org
indirect: nobody
default: boss@example.org
END
	to <<'END' | submit -t
To: team, chain, indirect, other, one
END
	expect 0
	[ "$(field 'To:')" = 'To: team, chain, indirect, other, joe@example.org' ]
}

@test "a name in the header that is no recipient stays" {
	serve <<<'root: joe@example.org'
	printf 'To: root\nSubject: x\n\ntext\n' | submit bob@example.net
	expect 0
	[ "$(field 'To:')" = 'To: root' ]
}

@test "of a message that is sent again the Resent- fields change" {
	serve <<<'root: joe@example.org'
	to <<'END' | submit -t
Resent-To: root
Resent-From: alice@example.org
To: root
END
	expect 0
	[ "$(field 'Resent-To:')" = 'Resent-To: joe@example.org' ]
	[ "$(field 'To:')" = 'To: root' ]
}

@test "an address that is not ASCII is declared" {
	serve <<<'root: jörg@example.org'
	to <<<'To: root' | submit -t
	expect 0
	[ "$(recipients)" = jörg@example.org ]
	grep -q SMTPUTF8 "$CAPTURE/1.envelope"
}

@test "a domain that is not ASCII goes as an A-label" {
	serve <<<'root: joe@exämple.org'
	to <<<'To: root' | submit -t
	expect 0
	[ "$(recipients)" = joe@xn--exmple-cua.org ]
	[ "$(field 'To:')" = 'To: joe@xn--exmple-cua.org' ]
}

@test "newaliases and -bi check the file and say what is wrong" {
	nowhere <<'END'
good: joe@example.org
pipe: "|command"
bad: one two
noline
a: b
b: a
END
	submit -bi
	expect 78 "postrider: $PWD/names:4:7: no colon behind the name 'noline'" \
		"postrider: $PWD/names:3:6: words that are no address" \
		"postrider: $PWD/names:6: the alias 'b' leads back to the alias 'a'" \
		'3 errors in alias files'
	expect_not pipe good
	sed -i -e 3,4d -e '/^b/d' names
	submit -I
	expect 0
	[ "$(cat stdout)" = "$PWD/names: 3 aliases" ]
	mkdir -p .config/postrider
	cp "$ACCOUNT" .config/postrider/accounts
	ln -s "$POSTRIDER" newaliases
	POSTRIDER=$PWD/newaliases postrider
	expect 0
	[ "$(cat stdout)" = "$PWD/names: 3 aliases" ]
	postrider -bi --aliases=nothing
	expect 78 'alias file nothing cannot be read'
}

@test "a chain as long as the file, and 100,000 entries" {
	serve < <(awk 'BEGIN {
		for (i = 1; i < 100000; i++)
			printf "n%d: n%d, all%d@example.org\n", i, i + 1, i % 7
		print "n100000: last@example.org"
	}')
	message | submit n1
	expect 0
	[ "$(recipients | wc -w)" -eq 8 ]
	submit -bi
	expect 0
}

@test "-bs reads the file once; each recipient and message has all of it" {
	local i

	echo 'team: bob@example.net' >names
	smarthost_serve
	account 'tls off' "aliases $PWD/names" 'timeout 20'
	serve_start
	hello
	say 'MAIL FROM:<alice@example.org>' 'RCPT TO:<team>'
	hear 250 250
	echo 'team: carol@example.net' >names
	say 'RCPT TO:<team>' DATA text . 'MAIL FROM:<alice@example.org>' \
		'RCPT TO:<team>' DATA text .
	hear 250 354 250 250 250 354 250
	say QUIT
	hear 221
	serve_end 0
	smarthost_stop
	for i in 1 2; do
		[ "$(recipients "$i")" = 'bob@example.net' ]
	done
}
