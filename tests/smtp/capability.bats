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

# In a network of its own, on a host without a full name: a server at that
# address, and a message to it.
# shellcheck disable=SC2016 # for the shell there
IN_NETWORK='
echo box >/proc/sys/kernel/hostname
ip link set lo up && ip addr add "$1" dev lo nodad || exit 125
"$SMARTHOST" --play dialogue --listen "$2:0" --port-file port \
	--transcript transcript 2>server.stderr &
server=$!
for i in 1 2 3 4 5 6 7 8 9 10; do
	[ -s port ] || sleep 0.2
done
shift
address=$(echo "$1" | tr -d "[]")
umask 077
printf "host %s\nport %s\ntls off\ntimeout 20\naliases\n" "$address" \
	"$(cat port)" >accounts
shift
printf "%s\n" "$@" >>accounts
"$POSTRIDER" -C accounts ${FROM+-f "$FROM"} bob@example.net <text >stdout 2>stderr
echo $? >status
wait $server
'

# greets_from ADDRESS NAME LINE...: the name in EHLO, and more of the account
greets_from() {
	local how address=$1 listen=${1%/*}

	[[ $listen != *:* ]] || listen=[$listen]
	printf '%s\n' 'S: 220 mail' "C: EHLO $2" 'S: 250 mail' 'C: MAIL *' \
		'S: 550 no' 'C? QUIT' >dialogue
	shift 2
	rm -f port
	message >text
	for how in '' --map-root-user; do
		# shellcheck disable=SC2086 # empty is no argument
		unshare $how --net --uts true 2>/dev/null || continue
		export SMARTHOST POSTRIDER
		# shellcheck disable=SC2086
		unshare $how --net --uts sh -c "$IN_NETWORK" sh "$address" \
			"$listen" "$@" || {
			cat server.stderr transcript >&2
			return 1
		}
		expect 69
		return
	done
	return 1
}

@test "the EHLO name: the sender's domain where our address says nothing" {
	unshare --net --uts true 2>/dev/null ||
		unshare --map-root-user --net --uts true 2>/dev/null ||
		skip 'no namespaces'
	command -v ip >/dev/null || skip 'no ip(8)'
	greets_from 172.17.0.2/32 example.org 'from alice@example.org'
	greets_from 192.168.1.2/32 xn--exmple-cua.org 'from alice@exämple.org'
	FROM=joe@example.com greets_from 10.0.0.1/32 example.com \
		'from alice@example.org'
	FROM='<>' greets_from 10.0.0.1/32 example.org 'from alice@example.org'
	greets_from 100.64.0.1/32 '[100.64.0.1]' 'from alice@box'
	greets_from 172.32.0.1/32 '[172.32.0.1]' 'from alice@example.org'
	greets_from 203.0.114.1/32 '[203.0.114.1]' 'from alice@example.org'
	greets_from 10.0.0.1/32 here.example.net 'domain here.example.net' \
		'from alice@example.org'
	greets_from 10.0.0.1/32 example.org 'domain localhost' \
		'from alice@example.org'
	[ -e /proc/net/if_inet6 ] || return 0
	greets_from fd00::1/128 example.org 'from alice@example.org'
	greets_from 2001:4860::1/128 '[IPv6:2001:4860::1]' \
		'from alice@example.org'
}

@test "the EHLO name at our end of a tunnel" {
	[[ $(hostname) != *.* ]] || skip 'this host has a full name'
	printf '%s\n' 'S: 220 mail' 'C: EHLO example.org' 'S: 250 mail' \
		'C: MAIL *' 'S: 550 no' 'C? QUIT' >dialogue
	smarthost_play dialogue
	account 'tls off' 'from alice@example.org' \
		'tls_host_override mail.example.org'
	message | submit bob@example.net
	smarthost_wait
	expect 69
	smarthost_play <(printf '%s\n' '! octets \x05\x01\x00' 'S- \x05\x00' \
		'! octets \x05\x01\x00\x03\x10mail.example.org\x00\x19' \
		'S- \x05\0\0\x01\0\0\0\0\0\0' && cat dialogue)
	account_file 'host mail.example.org' 'proxy_host 127.0.0.1' \
		"proxy_port $PORT" 'tls off' 'from alice@example.org'
	message | submit bob@example.net
	smarthost_wait
	expect 69
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
