#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Senders and recipients that mean something on this host only, made into
# such as others accept: sender, sender_reply_to, qualify_domain, root.

# shellcheck disable=SC2015

load ../helper

# serve LINE...: an honest smarthost, and an account without a sender
serve() {
	smarthost_serve
	account 'tls off' 'timeout 30' 'aliases' "$@"
}

# sent ARGUMENT...: the lines of standard input and a text go out
sent() {
	{ cat; printf '\ntext\n'; } | submit "$@"
	expect 0
}

# The reverse-path and the recipients of message N.
envelope() {
	sed -n 's/^from <\(.*\)>.*/\1/p; s/^rcpt <\(.*\)>.*/\1/p' \
		"$CAPTURE/${1:-1}.envelope" | xargs
}

# header N LINE...: these are its lines, without the fields that we add
header() {
	local file=$CAPTURE/$1.message

	tr -d '\r' <"$file" | sed -e '/^$/,$d' \
		-e '/^Date:/d' -e '/^Message-ID:/d' >got
	shift
	printf '%s\n' "$@" >want
	same want got
}

@test "sender: a message from cron" {
	serve 'sender you@example.org' 'root you@example.org'
	sent -FCronDaemon -i -B8BITMIME -oem root <<'END'
From: root (Cron Daemon)
To: root
Subject: Cron <root@box> test -x /usr/sbin/anacron
Auto-Submitted: auto-generated
END
	[ "$(envelope)" = 'you@example.org you@example.org' ]
	header 1 'From: you@example.org (Cron Daemon)' 'To: you@example.org' \
		'Subject: Cron <root@box> test -x /usr/sbin/anacron' \
		'Auto-Submitted: auto-generated'
}

@test "sender: names, comments and folding stay" {
	serve 'sender you@example.org'
	sent -f www-data@box b@example.net <<'END'
From: "Visitor, A." <visitor@example.com>
END
	sent b@example.net <<'END'
From: Two <a@box>,
	three@example.org (Three)
END
	sent b@example.net <<'END'
From: =?utf-8?q?J=C3=B6rg?= <jörg@box>
END
	[ "$(envelope)" = 'you@example.org b@example.net' ]
	header 1 'From: "Visitor, A." <you@example.org>'
	header 2 'Sender: you@example.org' 'From: Two <you@example.org>,' \
		'	three@example.org (Three)'
	header 3 'From: =?utf-8?q?J=C3=B6rg?= <you@example.org>'
}

@test "sender: an address without a name becomes the name" {
	serve 'sender you@example.org'
	sent b@example.net <<<'From: root@box'
	sent b@example.net <<<'From: <root@box>'
	sent b@example.net <<<'From: a@box, B <b@box>, you@example.org'
	sent b@example.net <<<'From: Daemons: "a b"@box, <b@box>;'
	sent b@example.net <<<'From: jörg@box'
	sent b@example.net <<<'From: (Cron) root@box'
	sent b@example.net <<<'From: <@a,@b:root@box>'
	sent b@example.net <<<"From: $(head -c 4000 /dev/zero | tr '\0' a)@box"
	sent -t <<'END'
Resent-From: root@box
Resent-To: b@example.net
END
	header 1 'From: "root@box" <you@example.org>'
	header 2 'From: "root@box" <you@example.org>'
	header 3 'From: "a@box" <you@example.org>'
	header 4 'From: Daemons: "\"a b\"@box" <you@example.org>;'
	header 5 'From: =?UTF-8?Q?j=C3=B6rg=40box?= <you@example.org>'
	header 6 'From: (Cron) you@example.org'
	header 7 'From: <@a,@b:you@example.org>'
	header 8 'From: you@example.org'
	grep -q '^Resent-From: "root@box" <you@example.org>' \
		"$CAPTURE/9.message"
}

@test "sender: from_full_name is that name, with patterns" {
	local machine

	machine="$(id -un)@$(uname -n), 100%"
	serve 'sender you@example.org' 'from_full_name %U@%H, 100%%'
	sent b@example.net <<<'From: root@box'
	sent b@example.net <<<'From: Joe <root@box>'
	sent b@example.net <<<'Subject: x'
	sent -FCronDaemon b@example.net <<<'Subject: x'
	header 1 "From: \"$machine\" <you@example.org>"
	header 2 'From: Joe <you@example.org>'
	header 3 "From: \"$machine\" <you@example.org>" 'Subject: x'
	header 4 'From: CronDaemon <you@example.org>' 'Subject: x'
	account_file 'host 127.0.0.1' 'port 1' 'from a@example.org' \
		'from_full_name %C %M'
	[ -e /etc/mailname ] || {
		message | submit b@example.net
		expect 78 "from_full_name ($ACCOUNT:4): %M: "
	}
}

@test "sender: what cannot be a reverse-path would have given way, too" {
	local path

	serve 'sender you@example.org'
	for path in wordpress@ 'root@(none)' '' '@box' 'www data' 'a@b@box' \
		'a@box,b@box' 'root@box; x'; do
		sent -f "$path" b@example.net <<<'From: alice@example.org'
	done
	sent -f '<>' b@example.net <<<'From: alice@example.org'
	sent --read-envelope-from b@example.net <<<'From: root@(none)'
	for path in {1..8} 10; do
		[ "$(envelope "$path")" = 'you@example.org b@example.net' ]
	done
	[ "$(envelope 9)" = b@example.net ]
	sent b@example.net <<<'From: "Word Press" <wordpress@>'
	sent b@example.net <<<'From: <wordpress@>'
	header 11 'From: Word Press <you@example.org>'
	header 12 'From: "wordpress@" <you@example.org>'
	header 10 'From: "root@(none)" <you@example.org>'
	account 'tls off' 'from a@example.org' 'allow_from_override off'
	sent -f wordpress@ b@example.net <<<'From: a@example.org'
	[ "$(envelope 13)" = 'a@example.org b@example.net' ]
}

@test "what cannot be a reverse-path, and no sender: an error with the remedy" {
	account_file 'host 127.0.0.1' 'port 1' 'from a@example.org'
	message | submit -f wordpress@ b@example.net
	expect 65 "the reverse-path 'wordpress@': address with nothing behind" \
		'hint: "sender ADDRESS" in the account'
	message | submit -f 'root@(none)' b@example.net
	expect 65 "the reverse-path 'root@(none)'"
	printf 'From: root@(none)\n\n' |
		submit --read-envelope-from b@example.net
	expect 65 "the reverse-path 'root@(none)'"
	message | submit -P -f '' b@example.net
	expect 0
	grep -qx 'reverse-path: <>' stdout
	message | submit -f "a@example.org
RCPT TO:<x@example.org>" b@example.net
	expect 65 "-f 'a@example.org\\x0aRCPT"
}

@test "sender: what is ours stays" {
	serve 'sender you@example.org' 'from *@lists.example.net other@example.com'
	sent -f alice@EXAMPLE.org b@example.net <<<'From: Al <alice@Example.org>'
	sent -f x@lists.example.net b@example.net <<<'From: x@lists.example.net'
	sent -f other@example.com b@example.net <<<'From: other+tag@example.com'
	sent -f '<>' b@example.net <<<'From: alice@example.org'
	sent b@example.net <<<'From: alice@example.org'
	sent --qualify-domain=example.com -f a@example.com b@example.net \
		<<<'From: a@example.com'
	[ "$(envelope 1)" = 'alice@EXAMPLE.org b@example.net' ]
	[ "$(envelope 2)" = 'x@lists.example.net b@example.net' ]
	[ "$(envelope 3)" = 'other@example.com b@example.net' ]
	[ "$(envelope 4)" = 'b@example.net' ]
	[ "$(envelope 5)" = 'you@example.org b@example.net' ]
	[ "$(envelope 6)" = 'a@example.com b@example.net' ]
	header 1 'From: Al <alice@Example.org>'
	header 2 'From: x@lists.example.net'
	header 3 'From: other+tag@example.com'
	header 6 'From: a@example.com'
}

@test "sender force: nothing but that address stays" {
	serve 'sender you@example.org force'
	sent -f alice@example.org b@example.net <<<'From: A <alice@example.org>'
	sent -f '' b@example.net <<<'From: A <you@Example.org>'
	[ "$(envelope 1)" = 'you@example.org b@example.net' ]
	[ "$(envelope 2)" = 'you@example.org b@example.net' ]
	header 1 'From: A <you@example.org>'
	header 2 'From: A <you@Example.org>'
}

@test "sender: the Sender field is dropped where From says it all" {
	serve 'sender you@example.org'
	sent b@example.net <<'END'
From: root
Sender: www-data@box
END
	sent b@example.net <<'END'
From: alice@example.org
Sender: Web <www-data@box>
END
	sent b@example.net <<'END'
From: a@example.com, b@example.com
Sender: www-data
END
	sent b@example.net <<'END'
From: root
Sender: bob@example.org
END
	sent b@example.net <<'END'
From: root
Sender: not an address
END
	sent b@example.net <<<'Sender: www-data@box'
	header 1 'From: root <you@example.org>'
	header 2 'From: alice@example.org' 'Sender: Web <you@example.org>'
	header 3 'From: "a@example.com" <you@example.org>'
	header 4 'From: root <you@example.org>' 'Sender: bob@example.org'
	header 5 'From: root <you@example.org>' \
		'X-Original-Sender: not an address'
	header 6 'From: you@example.org'
}

@test "sender: a From field without an address, with two, with none" {
	serve 'sender you@example.org'
	sent b@example.net <<<'From: The Backup Script'
	sent b@example.net <<<'From: '
	sent b@example.net <<<'From: Nobody: ;'
	sent b@example.net <<<'Subject: x'
	sent b@example.net <<'END'
From: one@box
Subject: x
From: two@box
END
	header 1 'From: The Backup Script <you@example.org>'
	header 2 'From: you@example.org'
	header 3 'From: "Nobody: ;" <you@example.org>'
	header 4 'From: you@example.org' 'Subject: x'
	header 5 'From: "one@box" <you@example.org>' 'Subject: x'
}

@test "sender_reply_to keeps a From that a reply can go to" {
	serve 'sender you@example.org' 'sender_reply_to on'
	sent b@example.net <<<'From: "V, A." <visitor@example.com>'
	sent b@example.net <<<'From: root@box'
	sent b@example.net <<'END'
From: visitor@example.com
Reply-To: other@example.com
END
	sent b@example.net <<<'From: alice@example.org'
	sent --sender-reply-to=off b@example.net <<<'From: v@example.com'
	header 1 'Reply-To: "V, A." <visitor@example.com>' \
		'From: "V, A." <you@example.org>'
	header 2 'From: "root@box" <you@example.org>'
	header 3 'From: "visitor@example.com" <you@example.org>' \
		'Reply-To: other@example.com'
	header 4 'From: alice@example.org'
	header 5 'From: "v@example.com" <you@example.org>'
}

@test "sender_reply_to: what it keeps is encoded like what it replaces" {
	smarthost_serve --no SMTPUTF8
	account 'tls off' 'sender you@example.org' 'sender_reply_to on'
	sent b@example.net <<<'From: Jörg <v@example.com>'
	header 1 'Reply-To: =?UTF-8?B?SsO2cmc=?= <v@example.com>' \
		'From: =?UTF-8?B?SsO2cmc=?= <you@example.org>'
}

@test "qualify_domain: a line that becomes too long is folded" {
	serve 'qualify_domain example.org'
	printf 'To: ant%s\n' "$(printf ', b%d' {1..150})" | sent c
	[ "$(tr -d '\r' <"$CAPTURE/1.message" |
		awk 'length > m { m = length } END { print (m > 998) }')" = 0 ]
	[ "$(grep -o '@example.org' "$CAPTURE/1.message" | wc -l)" -ge 151 ]
}

@test "sender: very many From fields that are no list, and a very long one" {
	serve 'sender you@example.org'
	seq -f 'From: root@box " %.0f' 60000 | sent b@example.net
	[ "$(grep -c '^From: "root@box  1" <you@example.org>' \
		"$CAPTURE/1.message")" -eq 1 ]
	[ "$(grep -c '^X-Original-From: root@box " ' \
		"$CAPTURE/1.message")" -eq 59999 ]
	{
		printf 'From: '
		head -c 2000000 /dev/zero | tr '\0' '('
		echo
	} | sent b@example.net
	header 2 'From: you@example.org'
}

@test "sender: a message that is sent again" {
	serve 'sender you@example.org'
	local again='Resent-From: Me <root@box>
Resent-Sender: root@box
Resent-To: b@example.net
From: a@example.com
Sender: s@example.com
To: you@example.org'

	sent -t <<<"$again"
	sent -t --sender 'you@example.org force' <<<"$again"
	header 1 'Resent-From: Me <you@example.org>' \
		'Resent-To: b@example.net' 'From: a@example.com' \
		'Sender: s@example.com' 'To: you@example.org'
	header 2 'Resent-From: Me <you@example.org>' \
		'Resent-To: b@example.net' \
		'From: "a@example.com" <you@example.org>' 'To: you@example.org'
	[ "$(envelope)" = 'you@example.org b@example.net' ]
}

@test "sender and what else there is about senders" {
	serve 'sender %U@example.org' 'set_from_header off'
	sent -f root b@example.net <<<'From: root'
	sent --set-from-header=on b@example.net <<<'From: X <root@box>'
	sent -FNew b@example.net <<<'Subject: x'
	header 1 'From: root'
	[ "$(envelope)" = "$(id -un)@example.org b@example.net" ]
	header 2 "From: $(id -un)@example.org"
	header 3 'Subject: x'
	smarthost_stop
	rm -r "$CAPTURE"
	serve 'sender you@example.org' 'allow_from_override off' \
		'from me@example.org'
	sent -f alice@example.org b@example.net <<<'From: alice@example.org'
	sent -f me@example.org b@example.net <<<'From: me@example.org'
	[ "$(envelope)" = 'you@example.org b@example.net' ]
	[ "$(envelope 2)" = 'me@example.org b@example.net' ]
}

@test "sender: values that will not do" {
	local value

	account_file 'host 127.0.0.1' 'port 1' 'sender root'
	message | submit b@example.org
	expect 78 "$ACCOUNT:3:8: sender 'root': it has no domain" \
		'you@example.org'
	for value in 'a@example.org b@example.org' 'a@example.org forced' \
		'force' 'a@example.org # x' '<>'; do
		account_file 'host 127.0.0.1' 'port 1' "sender $value"
		message | submit b@example.org
		expect 78 "$ACCOUNT:3:8: sender '$value'"
	done
	account_file 'host 127.0.0.1' 'port 1' 'sender %U'
	message | submit b@example.org
	expect 78 "sender ($ACCOUNT:3): '$(id -un)' has no domain"
	account_file 'host 127.0.0.1' 'port 1' 'sender'
	message | submit -f a@example.org b@example.org
	expect 75
	message | submit --sender=x b@example.org
	expect 64 "--sender: sender 'x': it has no domain"
}

@test "sender: a domain that is not ASCII" {
	serve 'sender you@exämple.org force'
	sent b@example.net <<<'From: A <root>'
	[ "$(envelope)" = 'you@xn--exmple-cua.org b@example.net' ]
	header 1 'From: A <you@xn--exmple-cua.org>'
}

@test "qualify_domain: envelope and header" {
	serve 'qualify_domain example.org'
	sent -f joe root bob@localhost c@example.net <<'END'
From: joe (Joe)
Sender: ann
Reply-To: Joe <joe>, x@example.com
To: Bob <bob@localhost>, root,
 friends: d, e@example.net;
Cc: ann, c@example.net
END
	[ "$(envelope)" = 'joe@example.org root@example.org bob@example.org c@example.net' ]
	header 1 'From: joe@example.org (Joe)' 'Sender: ann@example.org' \
		'Reply-To: Joe <joe@example.org>, x@example.com' \
		'To: Bob <bob@example.org>, root@example.org,' \
		' friends: d@example.org, e@example.net;' \
		'Cc: ann@example.org, c@example.net'
	sent -t <<'END'
Resent-From: joe
Resent-To: bob
From: ann
To: root
END
	[ "$(envelope 2)" = "$(id -un)@example.org bob@example.org" ]
	header 2 'Resent-From: joe@example.org' 'Resent-To: bob@example.org' \
		'From: ann' 'To: root'
}

@test "qualify_domain: what comes before it, and who gets it once" {
	echo 'root: joe, x@example.net' >names
	serve "aliases $PWD/names" 'qualify_domain %%.example.org' \
		'sender you@example.net'
	message | submit root
	expect 78 "qualify_domain ($ACCOUNT:7): '%.example.org' is no domain"
	sent --qualify-domain=Exämple.org root joe@xn--exmple-cua.org \
		<<<'From: root'
	[ "$(envelope)" = 'you@example.net joe@xn--exmple-cua.org x@example.net' ]
	header 1 'From: root <you@example.net>'
	sent --qualify-domain=example.org --sender= root <<<'From: root'
	[ "$(envelope 2)" = "$(id -un)@example.org joe@example.org x@example.net" ]
	header 2 'From: root@example.org'
	sent --qualify-domain=example.org --set-to-header=on root ann \
		<<<'To: ann'
	header 3 'To: ann@example.org' 'From: you@example.net'
}

@test "root: whom the mail for root goes to" {
	echo 'root: file@example.org
postmaster: root
default: postmaster' >names
	serve "aliases $PWD/names" 'from a@example.org' \
		'root you@example.org, "O, A." <other@example.org>'
	sent root@localhost "root@$(uname -n)" ROOT <<<'To: root'
	sent postmaster <<<'Subject: x'
	sent anybody <<<'Subject: x'
	sent root@example.com <<<'Subject: x'
	sent --root= root <<<'To: root'
	sent --aliases= root <<<'To: root'
	sent --root=ann@example.net root <<<'To: R <root>'
	[ "$(envelope 1)" = 'a@example.org you@example.org other@example.org' ]
	header 1 'From: a@example.org' 'To: root'
	[ "$(envelope 2)" = 'a@example.org you@example.org other@example.org' ]
	[ "$(envelope 3)" = 'a@example.org you@example.org other@example.org' ]
	[ "$(envelope 4)" = 'a@example.org root@example.com' ]
	[ "$(envelope 5)" = 'a@example.org file@example.org' ]
	[ "$(envelope 6)" = 'a@example.org you@example.org other@example.org' ]
	[ "$(envelope 7)" = 'a@example.org ann@example.net' ]
	header 7 'From: a@example.org' 'To: R <ann@example.net>'
	submit -bv -n root </dev/null
	expect 67 "'root' has no domain"
}

@test "root: circles and what is no address" {
	account_file 'host 127.0.0.1' 'port 1' 'from a@example.org' \
		'root one two'
	message | submit root
	expect 78 "$ACCOUNT:4:6: root 'one two': "
	echo 'joe: root' >names
	account_file 'host 127.0.0.1' 'port 1' 'from a@example.org' \
		"aliases $PWD/names" 'root joe'
	message | submit root
	expect 78 "$PWD/names:1: the alias 'joe' leads back to the alias 'root'"
	account_file 'host 127.0.0.1' 'port 1' 'from a@example.org' \
		"aliases $PWD/names" 'root :include:/etc/passwd'
	message | submit root
	expect 78
}

# recipient NAME REPLY: the server answers so to RCPT for that; nobody else is
# refused, and Carol is the second one
beside() {
	begin <<END
C: MAIL *
S: 250 ok
C: RCPT TO:<$1>
S: $2
C: RCPT TO:<carol@example.org>
S: 250 ok
C: DATA
S: 354 go
! body got
S: 250 taken
C? QUIT
END
	echo aliases >>"$ACCOUNT"
}

@test "a bare name beside an address with a name is a recipient" {
	beside root '250 ok'
	printf '%s\n' 'To: root, Carol <carol@example.org>' '' x | submit -t
	smarthost_wait
	expect 0
	grep -q '^To: root, Carol <carol@example.org>' got
	beside to1 '250 ok'
	printf '%s\n' 'Cc: Us: to1,' ' Carol' ' <carol@example.org>;' '' x |
		submit -t
	smarthost_wait
	expect 0
	beside root '250 ok'
	message | submit 'root, Carol <carol@example.org>'
	smarthost_wait
	expect 0
}

@test "one that the server refuses: the others get it, and the hint says why" {
	beside Doe '550 5.1.1 nobody of that name'
	printf '%s\n' 'To: Doe, John <carol@example.org>' '' x | submit -t
	smarthost_wait
	expect 67 '1 of 2' 'refused: <Doe>: 550 5.1.1' \
		'; a display name that has a comma must be in quotes'
	beside root '550 5.1.1 nobody of that name'
	printf '%s\n' 'To: root, carol@example.org' '' x | submit -t
	smarthost_wait
	expect 67 "'root' has no domain"
	expect_not 'in quotes'
	begin SMTPUTF8 <<'END'
C: MAIL FROM:<alice@example.org>
S: 250 ok
C: RCPT TO:<hans@example.org>
S: 250 ok
C: DATA
S: 354 go
! body -
S: 250 taken
C? QUIT
END
	printf '%s\n' 'To: Müller, Hans <hans@example.org>' '' x | submit -t
	smarthost_wait
	expect 67 '1 of 2' 'not tried: <Müller>: no name' 'must be in quotes'
}

# comes_to TO RECIPIENTS [HEADER]: the field, who gets it, and what it becomes
comes_to() {
	printf '%s\n' "To: $1" '' x | submit -P -t
	expect 0
	[ "$(sed -n 's/^recipient: //p' stdout | xargs)" = "$2" ] &&
		[ "$(sed -n 's/^change: To: //p' stdout)" = "${3:-}" ] || {
		cat stdout >&2
		return 1
	}
}

@test "qualify_domain completes it where it is known here" {
	local me carol='Carol <carol@example.net>' c=carol@example.net

	me=$(id -un)
	printf '%s\n' 'staff: s@example.com, t@example.com' \
		'Boss: boss@example.com' '*: all@example.com' \
		"$me: \\$me" >names
	account_file 'host 127.0.0.1' 'port 1' "aliases $PWD/names" \
		'qualify_domain example.org' 'from a@example.org'
	comes_to "$me, $carol" "$me@example.org $c" "$me@example.org, $carol"
	comes_to "staff, $carol" "s@example.com t@example.com $c" \
		"staff@example.org, $carol"
	comes_to "boss, $carol" "boss@example.com $c" \
		"boss@example.com, $carol"
	comes_to "Doe, $carol" "Doe $c"
	comes_to "Doe, $carol, other" "Doe $c all@example.com" \
		"Doe, $carol, other@example.org"
	comes_to "Doe, $carol, Doe" "all@example.com $c" \
		"Doe, $carol, Doe@example.org"
	account_file 'host 127.0.0.1' 'port 1' aliases 'from a@example.org' \
		'qualify_domain example.org' 'root joe@example.com'
	comes_to "root, $carol" "joe@example.com $c" "joe@example.com, $carol"
	comes_to "one, Doe, $carol" "one@example.org Doe $c" \
		"one@example.org, Doe, $carol"
}

@test "what stays refused: no guess that could reach somebody" {
	local to

	account_file 'host 127.0.0.1' 'port 1' 'from a@example.org' aliases
	for to in 'John Doe, Carol <c@example.org>' \
		'root; Carol <c@example.org>' '|cat, Carol <c@example.org>' \
		'=?utf-8?q?D?=, Carol <c@example.org>' 'Doe, J., C <c@example.org>'; do
		printf '%s\n' "To: $to" '' x | submit -t
		expect 65 'field To in line 1'
	done
	account_file 'host 127.0.0.1' 'port 1' 'from a@example.org' \
		'root joe, Ann <ann@example.org>'
	message | submit bob@example.net
	expect 78 'must be in quotes'
}

@test "--pretend shows the fields that change" {
	account_file 'host 127.0.0.1' 'port 1' 'sender you@example.org' \
		'qualify_domain example.net' 'root r@example.org'
	printf '%s\n' 'From: root (Cron Daemon)' 'To: root' 'Cc: ann' \
		'Sender: root' '' | submit -P -t
	expect 0
	grep -x '[a-z]*: [A-Z][a-z]*: .*' stdout |
		grep -v '^add: [DM]' >got
	printf '%s\n' 'change: From: you@example.org (Cron Daemon)' \
		'change: To: r@example.org' 'change: Cc: ann@example.net' \
		'remove: Sender: root' >want
	same want got
	grep -q '^log: the system log, .* as LOG_MAIL$' stdout
}
