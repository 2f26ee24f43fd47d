#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# The command lines of real callers of sendmail, literally: each is accepted,
# its envelope is the right one, and the message arrives with the same octets.
# What they do with it when they are run themselves is in tests/interop.

load ../helper

# An account for the whole host, found without being named.
setup() {
	postrider_setup
	export XDG_CONFIG_HOME=$PWD/config
	ln -s "$POSTRIDER" sendmail
	POSTRIDER=$PWD/sendmail
	smarthost_serve
	mkdir -p config/postrider
	# shellcheck disable=SC2034 # account() writes it
	ACCOUNT=config/postrider/accounts
	account 'tls off' 'timeout 30' 'from host@example.org' 'aliases' \
		'root you@example.org'
	N=0
}

# A message that needs nothing, and that much could happen to: a lone dot, dots
# that begin lines, 8-bit text, "From " in the body, no line end at the end.
input() {
	printf '%s\n' 'From: Alice <alice@example.org>' \
		'To: Bob <b@example.net>' 'Subject: a test' \
		'Date: Mon, 01 Jan 2024 12:00:00 +0000' \
		'Message-ID: <test@example.org>' 'MIME-Version: 1.0' \
		'Content-Type: text/plain; charset=utf-8' \
		'Content-Transfer-Encoding: 8bit' '' 'Grüße' . .. ..dots \
		'From here on' '' 'QUIT'
	printf 'the end'
}

# called ENVELOPE... : ARGUMENT...
# With these arguments the message arrives, and its envelope is these lines,
# but for SIZE.
called() {
	local wanted=()

	while [ "$1" != : ]; do
		wanted+=("$1")
		shift
	done
	shift
	input >m
	postrider "$@" <m
	expect 0 || { echo "called: sendmail $*" >&2; return 1; }
	((++N))
	grep '^from\|^rcpt' "$CAPTURE/$N.envelope" | sed 's/ SIZE=[0-9]*//' >got
	printf '%s\n' "${wanted[@]}" >want
	same want got || { echo "called: sendmail $*" >&2; return 1; }
	{
		sed 's/$/\r/' m
		printf '\n'
	} >want
	same want "$CAPTURE/$N.message" ||
		{ echo "called: sendmail $*" >&2; return 1; }
}

H='from <host@example.org> BODY=8BITMIME'
F='from <web@example.org> BODY=8BITMIME'
R='rcpt <you@example.org>'
B='rcpt <b@example.net>'
C='rcpt <c@example.net>'

@test "cron, bcron, anacron, systemd-cron, at" {
	called "$H" "$R" : -FCronDaemon -i -B8BITMIME -oem root
	called "$H" "$B" : -FCronDaemon -i -odi -oem -t
	called "$H" "$R" : -FAnacron -odi root
	called "$H" "$R" : -i -B8BITMIME root
	called "$H" "$R" : -i root
}

@test "sudo, mdadm, logwatch, debsecan, cron-apt, popularity-contest" {
	called "$H" "$B" : -t
	called "$H" "$B" : -t -oi
	called "$H" "$B" : -oi b@example.net
}

@test "PHP, PHPMailer, Symfony and SwiftMailer, Laravel" {
	called "$H" "$B" : -t -i
	called "$F" "$B" : -t -i -fweb@example.org
	called "$F" "$B" : -oi -fweb@example.org -t
	called "$F" "$B" : -t -oi -fweb@example.org
	called "$F" "$B" : -i -fweb@example.org -t
	called "$H" "$B" : -t
}

@test "nodemailer, Ruby, Perl" {
	called "$F" "$B" "$C" : -i -f web@example.org b@example.net \
		c@example.net
	called "$F" "$B" "$C" : -i -f web@example.org -- b@example.net \
		c@example.net
	called "$F" "$B" : -i -f '"web"@example.org' -- b@example.net
	called "$H" "$B" : -t
	called "$H" "$B" : -t -oi -oem
}

@test "git send-email, mutt and neomutt" {
	called "$H" "$B" "$C" : -i b@example.net c@example.net
	called "$F" "$B" "$C" : -f web@example.org -i b@example.net \
		c@example.net
	called "$H" "$B" : -oem -oi -- b@example.net
	called "$F" "$B" : -oem -oi -f web@example.org -- b@example.net
	called "$F" "$B" : -oem -oi -f web@example.org -B8BITMIME -- \
		b@example.net
	called "$F RET=HDRS" \
		"$B NOTIFY=FAILURE,DELAY ORCPT=rfc822;b@example.net" : \
		-oem -oi -f web@example.org -B8BITMIME -N failure,delay \
		-R hdrs -- b@example.net
}

@test "s-nail, bsd-mailx, mailutils" {
	called "$H" "$B" : -i -- b@example.net
	called "$F" "$B" : -i -m -v -f web@example.org -F 'A Name' -- \
		b@example.net
	called "$H" "$B" : -i -t
	called "$F" "$B" : -i -t -f web@example.org -m -v
	called "$F" "$B" : -oi -f web@example.org -t
}

@test "Emacs, Alpine, nmh" {
	called "$F" "$B" : -oi -f web@example.org -oA/etc/aliases -oem -odb -t
	called "$F" "$B" : -oi -f web@example.org -oA/etc/aliases -oem -odb \
		b@example.net
	called "$F" "$B" : -oi -f web@example.org -oep -odi b@example.net
	called "$F" "$B NOTIFY=SUCCESS,DELAY ORCPT=rfc822;b@example.net" : \
		-oi -f web@example.org -N success,delay -oem -odb -t
	called "$H" "$B" : -oem -t -oi
	called "$H" "$B" : -t -i
	called "$H" "$B" : -t -i -v
}

@test "procmail, vacation, Sympa, fail2ban" {
	called "$H" "$B" : -oi b@example.net
	called "$H" "$B" : -t
	called "$H" "$B" : -oi -t
	called 'from <> BODY=8BITMIME' "$B" : -f '<>' b@example.net
	called 'from <> BODY=8BITMIME' "$B" : -f '' b@example.net
	called "$F ENVID=list.1+3D2" \
		"$B NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;b@example.net" \
		"$C NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;c@example.net" \
		: -oi -odi -oem -f web@example.org -N success,delay,failure \
		-V list.1=2 b@example.net c@example.net
	called "$F" "$R" : -f web@example.org root
	called "$F" "$B" : -f 'Fail2Ban <web@example.org>' b@example.net
}

@test "combined letters, options behind addresses, lists of addresses" {
	called "$F" "$B" : -tifweb@example.org
	called "$F" "$B" : b@example.net -i -f web@example.org
	called "$H" "$B" "$C" "$R" : -i 'Bob <b@example.net>, c@example.net' root
	called "$H" "$C" "$B" : -t c@example.net
}
