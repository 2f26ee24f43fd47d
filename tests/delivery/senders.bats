#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# senders: a file that says which address each sender of this host has.

# shellcheck disable=SC2015

load ../helper

# serve LINE...: an honest smarthost, and an account with the file of standard
# input as its senders
serve() {
	cat >senders
	smarthost_serve
	account 'tls off' 'timeout 30' 'aliases' "senders $PWD/senders" "$@"
}

# sent ARGUMENT...: the lines of standard input and a text go out
sent() {
	{ cat; printf '\ntext\n'; } | submit "$@"
	expect 0
}

# is N REVERSE-PATH LINE...: what message N went out with
is() {
	local path

	path=$(sed -n 's/^from <\(.*\)>.*/\1/p' "$CAPTURE/$1.envelope")
	[ "$path" = "$2" ] || { echo "from <$path>" >&2; return 1; }
	tr -d '\r' <"$CAPTURE/$1.message" |
		sed -e '/^$/,$d' -e '/^Date:/d' -e '/^Message-ID:/d' \
			-e '/^Received:/d' -e '/^	/d' >got
	shift 2
	printf '%s\n' "$@" >want
	same want got
}

@test "senders: addresses, names of this host, domains; in this order" {
	serve 'from me@example.org' <<'END'
# who is who
alice@box.example.net: alice+box@example.org
alice: alice@example.org   # elsewhere she is not ours
"www data": shop@example.org
@box.example.net: box@example.org
END
	sent -f alice b@example.net <<<'From: Alice <Alice@localhost>'
	sent -f ALICE@Box.Example.NET b@example.net <<<'From: alice (A)'
	sent -f bob@box.example.net b@example.net <<<'From: "www data"@localhost'
	sent -f alice@other.example b@example.net <<<'From: bob'
	sent -f '<>' b@example.net <<'END'
From: carol@example.net, alice@localhost
Sender: root@box.example.net
END
	is 1 alice@example.org 'From: Alice <alice@example.org>'
	is 2 alice+box@example.org 'From: alice@example.org (A)'
	is 3 box@example.org 'From: shop@example.org'
	is 4 alice@other.example 'From: bob'
	is 5 '' 'From: carol@example.net, alice@example.org' \
		'Sender: box@example.org'
}

@test "senders: the user who runs us, with and without from and sender" {
	local user

	user=$(id -un)
	serve <<<"$user: \"The box\" <box@example.org>"
	sent b@example.net <<<'Subject: s'
	account 'tls off' 'aliases' "senders $PWD/senders" 'sender you@example.org'
	sent b@example.net <<<'From: eve@example.com'
	sent -f eve@example.com b@example.net <<<"From: $user"
	account 'tls off' 'aliases' "senders $PWD/senders" \
		'sender you@example.org force'
	sent -f alice@example.org b@example.net <<<'From: A <alice@example.org>'
	sent -f '<>' b@example.net <<<'From: bob@example.org'
	is 1 box@example.org 'From: box@example.org' 'Subject: s'
	is 2 box@example.org 'From: "eve@example.com" <box@example.org>'
	is 3 box@example.org 'From: The box <box@example.org>'
	is 4 box@example.org 'From: A <box@example.org>'
	is 5 box@example.org 'From: "bob@example.org" <box@example.org>'
}

@test "senders: an address of from is looked up, too" {
	serve 'from %F, %U' <<END
alice: alice@example.org
$(id -un): box@example.org
END
	sent b@example.net <<<'From: Alice <alice@localhost>'
	sent b@example.net <<<'From: bob@example.org'
	sent b@example.net <<<'Subject: s'
	is 1 alice@example.org 'From: Alice <alice@example.org>'
	is 2 bob@example.org 'From: bob@example.org'
	is 3 box@example.org 'From: box@example.org' 'Subject: s'
}

@test "senders: what sender does not replace by them, sender does" {
	serve 'sender you@example.org' <<<'alice: alice@example.com'
	sent -f alice b@example.net <<<'From: alice'
	sent -f bob b@example.net <<<'From: bob'
	is 1 alice@example.com 'From: alice@example.com'
	is 2 you@example.org 'From: bob <you@example.org>'
}

@test "senders: no circle, and no header with set_from_header off" {
	serve 'set_from_header off' <<'END'
a: b@localhost
b: a@localhost
END
	sent -f a b@example.net <<<'From: a'
	is 1 b@localhost 'From: a'
}

@test "senders: allow_from_override off holds for what -f says" {
	serve 'allow_from_override off' 'from me@example.org' \
		<<<'alice: alice@example.org'
	sent -f alice b@example.net <<<'From: bob@example.org'
	is 1 me@example.org 'From: bob@example.org'
}

@test "senders: a message that is sent again" {
	serve 'from me@example.org' <<<'alice: alice@example.org'
	sent b@example.net <<'END'
Resent-From: alice
Resent-Sender: alice@localhost
From: alice
END
	is 1 me@example.org 'Resent-From: alice@example.org' \
		'Resent-Sender: alice@example.org' 'From: alice'
}

@test "senders: -bs, and a message in the queue" {
	serve 'queue on' <<<'alice: alice@example.org'
	printf '%s\r\n' 'EHLO box' 'MAIL FROM:<alice>' 'RCPT TO:<b@example.net>' \
		DATA 'From: alice' '' text . QUIT | submit -bs
	expect 0
	is 1 alice@example.org 'From: alice@example.org'
	# a client that has filled in the domain says so
	printf '%s\r\n' 'EHLO box' \
		'MAIL FROM:<alice@example.com> XQUALIFIED' \
		'RCPT TO:<b@example.net>' DATA 'From: alice@example.com' '' text \
		. QUIT | submit -bs
	expect 0
	is 2 alice@example.org 'From: alice@example.org'
	sed -i.bak 's/^port .*/port 1/' "$ACCOUNT"
	printf 'From: alice\n\ntext\n' | submit -f alice b@example.net
	expect 0 'kept in the queue'
	echo 'alice: late@example.org' >senders
	mv "$ACCOUNT.bak" "$ACCOUNT"
	submit --queue-run
	expect 0
	is 3 alice@example.org 'From: alice@example.org'
}

@test "senders: errors stop mail, and --check-config finds them" {
	local text=$'alice: alice@example.org\nbob: '

	account_file 'host 127.0.0.1' 'port 1' 'senders ~/senders'
	message | submit b@example.org
	expect 78 'senders (' 'senders file' 'cannot be read: No such file' \
		"hint: check the path"
	for end in 'a@example.org, b@example.org' 'bob' '|cmd' 'a@' ''; do
		printf '%s%s\n' "$text" "$end" >senders
		message | submit b@example.org
		expect 78 "senders ($ACCOUNT:3): $HOME/senders:2:"
		submit --check-config
		expect 78 "$HOME/senders:2:" '1 error'
	done
	echo 'alice a@example.org' >senders
	message | submit b@example.org
	expect 78 "senders:1:7: no colon behind the name 'alice'"
	echo 'alice: alice@example.org' >senders
	submit --check-config
	expect 0
}
