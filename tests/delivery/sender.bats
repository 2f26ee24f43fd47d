#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Whom a message is from and what its header says of that: patterns, several
# addresses in one line, what may replace them, full names, To fields, and
# wishes for notifications.  What would be sent is what --pretend shows; a
# dialogue for each shows that it is what is sent.

load ../helper

setup() {
	postrider_setup
	BASE=('host 127.0.0.1' 'port 1')
}

# shows STATUS LINE...: --pretend prints these lines
shows() {
	local line

	expect 0
	for line in "$@"; do
		if ! grep -qFx -e "$line" stdout; then
			printf 'standard output has no line: %s\n' "$line" >&2
			sed 's/^/stdout: /' stdout >&2
			return 1
		fi
	done
}

pretend() {
	message | submit -P "$@"
}

@test "patterns in from" {
	local user host

	user=$(id -un)
	host=$(uname -n)
	account_file "${BASE[@]}" 'from %U+%H%%@example.org'
	pretend b@example.org
	shows "reverse-path: $user+$host%@example.org"
	account_file "${BASE[@]}" 'from x-%F'
	pretend b@example.org
	shows 'reverse-path: x-alice@example.org'
	account_file "${BASE[@]}" 'from you@example@org'
	pretend b@example.org
	expect 78 "from ($ACCOUNT:3): more than one @"
	account_file "${BASE[@]}" 'from %C'
	pretend b@example.org
	expect 0
}

@test "patterns in from: no others, and USER does not count" {
	account_file "${BASE[@]}" 'from %U%Z%u@example.org'
	USER=eve LOGNAME=eve pretend b@example.org
	shows "reverse-path: $(id -un)%Z%u@example.org"
}

@test "patterns: not in what the command line or the message gives" {
	account_file "${BASE[@]}" 'from %F'
	pretend -f 'a%Hb%Mail@example.org' b@example.org
	shows 'reverse-path: a%Hb%Mail@example.org'
	printf '%s\n' 'From: a%Ub@example.org' '' | submit -P b@example.org
	shows 'reverse-path: a%Ub@example.org'
	pretend --domain=%H b@example.org
	shows 'domain = %H  [the command line]'
}

@test "patterns in domain" {
	account_file "${BASE[@]}" 'from a@example.org' \
		'domain %H.%U.%%.example.org'
	pretend b@example.org
	shows "domain = $(uname -n).%U.%.example.org  [$ACCOUNT:4]"
}

@test "patterns: no From field, no mailname" {
	local folder

	account_file "${BASE[@]}" 'from %F'
	echo text | submit b@example.org
	expect 65 "from ($ACCOUNT:3): %F: the message has no From" 'give -f'
	echo text | submit -f a@example.org -P b@example.org
	shows 'reverse-path: a@example.org'
	folder=$("$POSTRIDER" --version |
		sed -n 's,^system account file: \(.*\)/postrider/accounts$,\1,p')
	[ ! -e "$folder/mailname" ] || return 0
	account_file "${BASE[@]}" 'from a@%M'
	pretend b@example.org
	expect 78 "from ($ACCOUNT:3): %M: $folder/mailname: No such file"
	account_file "${BASE[@]}" 'from a@example.org' 'domain %M'
	pretend b@example.org
	expect 78 "domain ($ACCOUNT:4): %M:"
}

@test "an account is chosen by what patterns stand for" {
	account_file defaults "${BASE[@]}" 'account other' 'from x@example.org' \
		'account mine' 'from %U@example.org' \
		'account author' 'from *-%F'
	pretend -f "$(id -un)@example.org" b@example.org
	expect 0
	grep -q '^account: mine (.*, since its from fits' stdout
	pretend -f z-alice@example.org b@example.org
	grep -q '^account: author ' stdout
	printf '%s\n' 'From: a*@example.org' '' |
		submit -P -f z-axe@example.org b@example.org
	expect 78 'cannot choose an account'
}

@test "several addresses and globs in one line" {
	account_file defaults "${BASE[@]}" 'account one' \
		'from *@lists.example.org, a@example.org b@example.org' \
		'account two' 'from c@example.org'
	pretend -a one b@example.org
	shows 'reverse-path: a@example.org'
	for sender in x@lists.example.org a@example.org b@EXAMPLE.org \
		b+tag@example.org; do
		pretend -f "$sender" b@example.org
		shows "reverse-path: $sender"
		grep -q '^account: one ' stdout
	done
}

@test "allow_from_override off: -f chooses and does not replace" {
	account_file defaults "${BASE[@]}" 'allow_from_override off' \
		'account one' 'from a@example.org *@lists.example.org' \
		'account two' 'from b@example.org' \
		'account default : one'
	pretend -f b+tag@example.org b@example.org
	shows 'reverse-path: b@example.org'
	pretend -f z@example.com b@example.org
	shows 'reverse-path: a@example.org'
	pretend -f '<>' b@example.org
	shows 'reverse-path: a@example.org'
	pretend -f x@lists.example.org b@example.org
	shows 'reverse-path: x@lists.example.org'
}

@test "auto_from and maildomain" {
	account_file "${BASE[@]}" 'auto_from' 'maildomain mail.example.org' \
		'from a@example.org'
	pretend -f z@example.com b@example.org
	shows "reverse-path: $(id -un)@mail.example.org"
	account_file "${BASE[@]}" 'auto_from on' 'from a@example.org'
	pretend b@example.org
	shows "reverse-path: $(id -un)"
	pretend --auto-from=off b@example.org
	shows 'reverse-path: a@example.org'
}

@test "--read-envelope-from" {
	account_file defaults "${BASE[@]}" 'account one' 'from a@example.org' \
		'account two' 'from alice@example.org'
	pretend --read-envelope-from b@example.org
	shows 'reverse-path: alice@example.org'
	grep -q '^account: two ' stdout
	printf '%s\n' 'From: b@example.org' 'Resent-From: A <a@example.org>' \
		'' | submit -P --read-envelope-from b@example.org
	shows 'reverse-path: a@example.org'
	echo text | submit --read-envelope-from b@example.org
	expect 64 'the message has no From field'
	pretend --read-envelope-from -f a@example.org b@example.org
	expect 64 'exclude each other'
}

@test "from_full_name, unless -F is given" {
	account_file "${BASE[@]}" 'from a@example.org' \
		'from_full_name Doe, Ann'
	echo text | submit -P b@example.org
	shows 'add: From: "Doe, Ann" <a@example.org>'
	echo text | submit -P -F Bob b@example.org
	shows 'add: From: Bob <a@example.org>'
}

@test "set_to_header on shows who may be seen" {
	account_file "${BASE[@]}" 'from a@example.org' 'set_to_header on'
	printf '%s\n' 'To: b@example.org, X <x@example.org>' \
		'Cc: c@example.org' 'Bcc: d@example.org' '' |
		submit -P b@EXAMPLE.org c@example.org d@example.org \
			e@example.org
	shows 'add: To: b@EXAMPLE.org, c@example.org' \
		'remove: To: b@example.org, X <x@example.org>' \
		'remove: Cc: c@example.org' 'remove: Bcc: d@example.org'
	printf '%s\n' 'Bcc: d@example.org' '' |
		submit -P -t b@example.org
	shows 'add: To: b@example.org'
	printf '%s\n' 'Bcc: d@example.org' '' | submit -P -t
	shows 'add: To: undisclosed-recipients:;'
	printf '%s\n' 'Bcc: d@example.org' 'To: b@example.org' '' |
		submit -P -t --undisclosed-recipients
	shows 'add: To: undisclosed-recipients:;' \
		'remove: To: b@example.org' 'recipient: d@example.org'
	message | submit -P --set-to-header=off b@example.org
	expect 0
	expect_not 'remove: To'
}

@test "set_to_header shows nobody whom an alias hides" {
	echo 'root: r@example.org
team: s@example.org, t@example.org' >aliases
	account_file "${BASE[@]}" 'from a@example.org' 'set_to_header on' \
		"aliases $PWD/aliases"
	printf '%s\n' 'Bcc: root' '' | submit -P -t b@example.org
	shows 'add: To: b@example.org' 'recipient: r@example.org'
	echo text | submit -P root team
	shows 'add: To: r@example.org' 'recipient: t@example.org'
	printf '%s\n' 'To: root, team' '' | submit -P -t
	shows 'add: To: r@example.org'
}

@test "set_to_header folds its field" {
	account_file "${BASE[@]}" 'from a@example.org' 'set_to_header on'
	# shellcheck disable=SC2046 # addresses without blanks
	echo text | submit -P $(seq -f 'user-%.0f@example.org' 40)
	expect 0
	[ "$(grep -c '^add:  user' stdout)" -gt 8 ]
	[ "$(awk '/^add: / { if (length($0) > n) n = length($0) }
		END { print n - 5 }' stdout)" -le 78 ]
}

@test "dsn_notify and dsn_return" {
	begin DSN <<'END'
C: MAIL FROM:<a@example.org> RET=HDRS
S: 250 ok
C: RCPT TO:<b@example.org> NOTIFY=FAILURE,DELAY ORCPT=rfc822;b@example.org
S: 250 ok
C: DATA
S: 354 go
! body -
S: 250 taken
C? QUIT
END
	account 'tls off' 'from a@example.org' 'dsn_notify Delay,failure' \
		'dsn_return HEADERS'
	message | submit b@example.org
	smarthost_wait
	expect 0
	message | submit -P --dsn-notify off --dsn-return full b@example.org
	shows 'return: full' 'dsn_notify = off  [the command line]'
	message | submit -P -N success b@example.org
	shows 'notify: success'
	message | submit -P -N off -R off b@example.org
	shows 'dsn_notify = off  [the command line]'
	[ "$(grep -cE '^(notify|return):' stdout)" -eq 0 ]
	message | submit -P -N success -R full -N off -R OFF b@example.org
	[ "$(grep -cE '^(notify|return):' stdout)" -eq 0 ]
	message | submit -P -N off -N success b@example.org
	shows 'notify: success'
	account_file 'dsn_notify never,delay'
	message | submit b@example.org
	expect 78 "$ACCOUNT:1:12: dsn_notify 'never,delay' is no list"
	account_file 'dsn_return'
	message | submit b@example.org
	expect 78 "$ACCOUNT:1:11: dsn_return needs a value"
}

@test "-f MAILER-DAEMON is the null reverse-path" {
	account_file "${BASE[@]}" 'from a@example.org'
	pretend -f MAILER-DAEMON b@example.org
	shows 'reverse-path: <>'
	pretend -f mailer-daemon@example.org b@example.org
	shows 'reverse-path: mailer-daemon@example.org'
	pretend -f 'Mailer-Daemon' -f c@example.org b@example.org
	shows 'reverse-path: c@example.org'
}

@test "what --pretend shows of the sender is what is sent" {
	play <<'END'
S: 220 mail.example.org ESMTP
C: EHLO client.example.org
S: 250 mail.example.org
C: MAIL FROM:<x-alice@example.org>
S: 550 5.7.1 no
C? QUIT
END
	account 'tls off' 'from x-%F' 'domain client.example.org'
	message | submit b@example.org
	smarthost_wait
	expect 69 '550 5.7.1 no'
}
