#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# What a server announces, and what goes out because of it.

load ../helper

@test "SIZE: announced in octets; too large is known before MAIL" {
	message >small
	size=$(sed 's/$/\r/' small | wc -c)
	begin 'SIZE 100000' <<END
C: MAIL FROM:<alice@example.org> SIZE=$size
S: 250 ok
C: RCPT TO:<bob@example.net>
S: 250 ok
C: DATA
S: 354 go
! body body
S: 250 ok
C? QUIT
END
	submit bob@example.net <small
	smarthost_wait
	expect 0
	[ "$(wc -c <body)" -eq "$size" ]
	begin 'SIZE 100' <<'END'
C? QUIT
END
	submit bob@example.net <small
	smarthost_wait
	expect 65 "$size octets" 'takes 100'
	begin SIZE <<END
C: MAIL FROM:<alice@example.org> SIZE=$size
S: 552 5.3.4 too big
C? QUIT
END
	submit bob@example.net <small
	smarthost_wait
	expect 65
}

@test "8BITMIME: declared for 8-bit text or on request, where it is offered" {
	local mail text options

	while read -r mail text options; do
		begin 8BITMIME <<END
C: MAIL FROM:<alice@example.org>$(tr _ ' ' <<<"${mail#-}")
S: 250 ok
C: RCPT TO:<bob@example.net>
S: 250 ok
C: DATA
S: 354 go
! body body
S: 250 ok
C? QUIT
END
		# shellcheck disable=SC2086
		message "$text" | submit $options bob@example.net
		smarthost_wait
		expect 0
		tail -n 1 body | cmp - <(printf '%s\r\n' "$text")
	done <<'END'
- plain
_BODY=8BITMIME grün
_BODY=8BITMIME plain -B8BITMIME
_BODY=8BITMIME plain -B 8BITMIME
- plain -B7BIT
_BODY=8BITMIME grün -B7BIT
END
	begin <<'END'
C: MAIL FROM:<alice@example.org>
S: 250 ok
C: RCPT TO:<bob@example.net>
S: 250 ok
C: DATA
S: 354 go
! body -
S: 250 ok
C? QUIT
END
	message grün | sed '1iContent-Type: image/x' |
		submit -B8BITMIME bob@example.net
	smarthost_wait
	expect 0 'does not offer 8BITMIME'
}

@test "SMTPUTF8: only for a local part that is not ASCII, or -U" {
	begin SMTPUTF8 8BITMIME <<'END'
C: MAIL FROM:<alice@example.org> SMTPUTF8
S: 250 ok
C: RCPT TO:<jürgen@bücher.example>
S: 250 ok
C: RCPT TO:<bob@xn--bcher-kva.example>
S: 250 ok
C: DATA
S: 354 go
! body -
S: 250 ok
C? QUIT
END
	message | submit 'jürgen@bücher.example' 'bob@bücher.example'
	smarthost_wait
	expect 0
	begin SMTPUTF8 <<'END'
C: MAIL FROM:<alice@example.org>
S: 250 ok
C: RCPT TO:<bob@xn--bcher-kva.example>
S: 250 ok
C: DATA
S: 354 go
! body -
S: 250 ok
C? QUIT
END
	message | submit 'bob@bücher.example'
	smarthost_wait
	expect 0
	begin SMTPUTF8 <<'END'
C: MAIL FROM:<alice@example.org> SMTPUTF8
S: 250 ok
C: RCPT TO:<bob@example.net>
S: 250 ok
C: DATA
S: 354 go
! body -
S: 250 ok
C? QUIT
END
	message | submit -U bob@example.net
	smarthost_wait
	expect 0
}

@test "SMTPUTF8 needed and not offered: that recipient only; the sender: 69" {
	begin <<'END'
C: MAIL FROM:<alice@example.org>
S: 250 ok
C: RCPT TO:<bob@example.net>
S: 250 ok
C: DATA
S: 354 go
! body -
S: 250 ok
C? QUIT
END
	message | submit 'jürgen@example.net' bob@example.net
	smarthost_wait
	expect 67 'jürgen@example.net' SMTPUTF8
	begin PIPELINING <<'END'
C? QUIT
END
	message | submit 'jürgen@example.net'
	smarthost_wait
	expect 67 SMTPUTF8
	begin <<'END'
C? QUIT
END
	message | submit -f 'jürgen@example.org' bob@example.net
	smarthost_wait
	expect 69 SMTPUTF8
}

@test "DSN: NOTIFY, RET, ENVID and ORCPT, where it is offered" {
	begin DSN <<'END'
C: MAIL FROM:<alice@example.org> RET=HDRS ENVID=id+2B1
S: 250 ok
C: RCPT TO:<"bob smith"@example.net> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;"bob+20smith"@example.net
S: 250 ok
C: DATA
S: 354 go
! body -
S: 250 ok
C? QUIT
END
	message | submit -N success,failure -R hdrs -V id+1 \
		'"bob smith"@example.net'
	smarthost_wait
	expect 0
	begin <<'END'
C: MAIL FROM:<alice@example.org>
S: 250 ok
C: RCPT TO:<bob@example.net>
S: 250 ok
C: DATA
S: 354 go
! body -
S: 250 ok
C? QUIT
END
	message | submit -N NEVER -R FULL bob@example.net
	smarthost_wait
	expect 0 'does not offer DSN'
}

@test "a configured or given EHLO name cannot bring a command along" {
	account_file 'host 127.0.0.1' 'port 1' 'tls off' 'from alice@example.org'
	message | submit --domain=$'x\r\nMAIL FROM:<a@b>' bob@example.net
	expect 64
	message | submit --user=$'x\ny' bob@example.net
	expect 64
}

@test "the EHLO name: as configured; never localhost to others" {
	begin_name() {
		{
			printf '%s\n' 'S: 220 mail' "C: EHLO $1"
			printf '%s\n' 'S: 250 mail' 'C: MAIL *' 'S: 550 no' 'C? QUIT'
		} >dialogue
		smarthost_play dialogue
		account 'tls off' 'from alice@example.org' ${2:+"domain $2"}
		message | submit bob@example.net
		smarthost_wait
		expect 69
	}
	begin_name box.example.org box.example.org
	begin_name localhost localhost
	begin_name xn--bcher-kva.example bücher.example
	case $(hostname) in
	*.*) begin_name "$(hostname)" ;;
	*) begin_name '[127.0.0.1]' ;;
	esac
}

@test "a domain that has no A-labels is known before any connection" {
	account_file 'host 127.0.0.1' 'port 1' 'tls off' 'from alice@example.org'
	message | submit "bob@$(printf '\342\200\250').example"
	expect 65 'not a valid international domain name'
	message | submit -f "alice@$(printf '\342\200\250').example" bob@example.net
	expect 65 'not a valid international domain name'
}

@test "an international domain in a From of ours goes as A-labels, too" {
	smarthost_serve
	account 'tls off' 'from alice@bücher.example'
	printf 'To: x@example.com\n\ntext\n' | submit bob@example.net
	expect 0
	tr -d '\r' <"$CAPTURE/1.message" >got
	grep -qx 'From: alice@xn--bcher-kva.example' got
	grep -q '^Message-ID: <[0-9a-v]*@xn--bcher-kva.example>$' got
}

@test "an address that no command can hold is refused, not cut short" {
	account_file 'host 127.0.0.1' 'port 1' 'tls off' 'from alice@example.org'
	{
		printf 'To: '
		head -c 1200000 /dev/zero | tr '\0' x
		printf '@example.net\n\ntext\n'
	} | submit -t
	expect 65 'too long'
}

@test "fields that we add have an A-label where the envelope has one" {
	begin <<'END'
C: MAIL FROM:<alice@xn--bcher-kva.example>
S: 250 ok
C: RCPT *
S: 250 ok
C: DATA
S: 354 go
! body body
S: 250 ok
C? QUIT
END
	echo 'Hello' | submit -f 'alice@bücher.example' bob@example.net
	smarthost_wait
	expect 0
	grep -q '^From: alice@xn--bcher-kva.example' body
	grep -q '^Message-ID: <.*@xn--bcher-kva.example>' body
}
