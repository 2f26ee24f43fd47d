#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# A server that answers and hangs up at once: by closing, under TLS without
# goodbye, and by a reset.  Its answer is what is told, in clear and under TLS.

load ../helper

# hangs_up HOW END [LINE...] <<'END': play that, in clear or under TLS; behind
# it the server is gone, whatever the client has to say.  The account has LINEs.
hangs_up() {
	local how=$1 end=$2 tls=off

	shift 2
	{
		[ "$how" = clear ] || echo '! tls'
		cat
		printf '%s\n' '! ahead' "! $end"
	} >dialogue
	smarthost_play dialogue
	[ "$how" = clear ] || tls=on
	account_file 'host localhost' 'address_family ipv4' "port $PORT" \
		"tls $tls" 'tls_starttls off' "tls_trust_file $CERTS/ca.pem" \
		'from alice@example.org' 'timeout 20' "$@"
	message | submit bob@example.net
	smarthost_wait
}

# in_each_way STATUS TEXT [LINE...] <<'END'
in_each_way() {
	local status=$1 text=$2 how end

	shift 2
	cat >lines
	for how in clear tls; do
		for end in close bye reset; do
			hangs_up "$how" "$end" "$@" <lines
			expect "$status" ${text:+"$text"} || {
				echo "$how, $end" >&2
				return 1
			}
			expect_not 'pull function' invalidated
		done
	done
}

@test "the greeting" {
	in_each_way 69 '554 5.7.1 go away' <<'END'
S: 554 5.7.1 go away
END
}

@test "EHLO" {
	in_each_way 69 '550 5.7.1 go away' <<'END'
S: 220 mail
C: EHLO *
S: 550 5.7.1 go away
END
}

@test "credentials" {
	in_each_way 77 '535 5.7.8 go away' 'auth plain' 'user you' \
		'password secret' 'auth_without_tls on' <<'END'
S: 220 mail
C: EHLO *
S: 250-mail
S: 250 AUTH PLAIN
C: AUTH PLAIN *
S: 535 5.7.8 go away
END
}

# mechanisms REPLY STATUS TEXT SETTING: the first of two gets that reply
mechanisms() {
	local end

	for end in close bye reset; do
		hangs_up tls "$end" "auth $4" 'user you' 'password secret' <<END
S: 220 mail
C: EHLO *
S: 250-mail
S: 250 AUTH SCRAM-SHA-256 PLAIN LOGIN
C: AUTH *
S: $1
END
		expect "$2" "$3"
		expect_not 'pull function' invalidated
	done
}

@test "a method, with another one left to try" {
	mechanisms '535 5.7.8 go away' 77 \
		'hung up before AUTH PLAIN could be tried: "auth PLAIN"' on
	mechanisms '535 5.7.8 go away' 77 '535 5.7.8 go away' on
	mechanisms '504 5.7.4 go away' 69 'SCRAM-SHA-256: 504 5.7.4 go away' on
	mechanisms '500 5.1.1 go away' 69 'SCRAM-SHA-256: 500 5.1.1 go away' on
	mechanisms '504 5.7.4 go away' 69 '(LOGIN: 504 5.7.4 go away)' \
		'login plain'
}

@test "a method that is refused, none left: the reply is told" {
	begin 'AUTH PLAIN' <<'END'
C: AUTH PLAIN *
S: 504 5.5.4 unrecognised
C? QUIT
END
	printf '%s\n' 'auth plain' 'user you' 'password secret' >>"$ACCOUNT"
	message | submit bob@example.net
	smarthost_wait
	expect 69 '(PLAIN: 504 5.5.4 unrecognised)'
}

@test "MAIL, with and without PIPELINING" {
	in_each_way 69 '550 5.7.1 go away' <<'END'
S: 220 mail
C: EHLO *
S: 250 mail
C: MAIL *
S: 550 5.7.1 go away
END
	needs pipelining
	in_each_way 69 '550 5.7.1 go away' 'chunking off' <<'END'
S: 220 mail
C: EHLO *
S: 250-mail
S: 250 PIPELINING
C: MAIL *
C: RCPT *
C: DATA
S: 550 5.7.1 go away
END
}

@test "RCPT" {
	in_each_way 67 '550 5.1.1 go away' <<'END'
S: 220 mail
C: EHLO *
S: 250 mail
C: MAIL *
S: 250 ok
C: RCPT *
S: 550 5.1.1 go away
END
}

@test "DATA, and the message" {
	in_each_way 69 '554 5.7.1 go away' <<'END'
S: 220 mail
C: EHLO *
S: 250 mail
C: MAIL *
S: 250 ok
C: RCPT *
S: 250 ok
C: DATA
S: 554 5.7.1 go away
END
	in_each_way 69 '554 5.7.1 go away' <<'END'
S: 220 mail
C: EHLO *
S: 250 mail
C: MAIL *
S: 250 ok
C: RCPT *
S: 250 ok
C: DATA
S: 354 go
! body -
S: 554 5.7.1 go away
END
	in_each_way 0 '' <<'END'
S: 220 mail
C: EHLO *
S: 250 mail
C: MAIL *
S: 250 ok
C: RCPT *
S: 250 ok
C: DATA
S: 354 go
! body -
S: 250 taken
END
}

@test "a success and a reset: told as the system has it" {
	hangs_up tls reset <<'END'
S: 220 mail
C: EHLO *
S: 250 mail
END
	expect 75 'waiting for the reply to MAIL'
	grep -q 'Connection reset by peer\|Broken pipe' stderr
	expect_not 'pull function' invalidated
}
