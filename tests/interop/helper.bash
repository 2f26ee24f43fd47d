# SPDX-License-Identifier: ISC
#
# What the interop tests share.  Each test has a mailbox of its own, $BOX, so
# that none sees another's mail; the servers are those that run started.
# shellcheck shell=bash

: "${INTEROP_ROOT:?is set by tests/interop/run}"
# shellcheck source=/dev/null
. "${BASH_SOURCE[0]%/*}/../switches.bash"

bats_require_minimum_version 1.5.0

# A mail is on its way through the queue for fractions of a second; a test
# waits this long at most, in seconds.
PATIENCE=30
# The longest that one submission or caller may take.
GUARD=60

setup()
{
	common_setup
}

common_setup()
{
	BOX=box$BATS_SUITE_TEST_NUMBER
	cd "$BATS_TEST_TMPDIR" || return 1
}

# --- the client -----------------------------------------------------------

# account SERVICE [AUTH [PASSWORD [CA]]]: the account file for a service.
account()
{
	local name tls port

	while read -r name tls port; do
		[ "$name" = "$1" ] && break
	done <"$INTEROP_PORTS"
	[ "$name" = "$1" ] || return 1
	[ "$tls" = implicit ] && tls=off || tls=on
	switched >accounts <<-END
		account peer
		host 127.0.0.1
		port $port
		from sender@example.org
		tls on
		tls_starttls $tls
		tls_trust_file $INTEROP_CERTS/${4-ca}.pem
		auth ${2-scram-sha-256}
		user you
		password "${3-the open secret}"
	END
	chmod 600 accounts
}

# compose [SUBJECT]: a message that wants for nothing, so that it shall
# arrive as it is; the test adds what it likes to the end.
compose()
{
	cat <<-END
		From: Sender <sender@example.org>
		To: Somebody Else <somebody@example.org>
		Subject: ${1-interop}
		Date: Thu, 01 Feb 2024 12:34:56 +0000
		Message-ID: <$BOX.1@example.org>

		One line.
	END
}

# submit STATUS ARGUMENT ...: the program run on the file message in our
# folder; it shall end with STATUS.  What it says is left in $output.
submit()
{
	local expected=$1

	shift
	status=0
	output=$(timeout "$GUARD" "$POSTRIDER" -C accounts -a peer \
	    -f sender@example.org -i "$@" <message 2>&1) || status=$?
	[ "$status" -eq "$expected" ] && return
	echo "exit status $status, not $expected:"
	echo "$output"
	return 1
}

# --- the server -----------------------------------------------------------

folder()
{
	echo "$INTEROP_ROOT/var/mail/virtual/$1/new"
}

count()
{
	find "$(folder "$1")" -type f 2>/dev/null | wc -l
}

# within COMMAND ...: until it succeeds or our patience ends.
within()
{
	local end=$((SECONDS + PATIENCE))

	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.05
	done
}

delivered()
{
	[ "$(count "$1")" -ge "$2" ]
}

queue_is_empty()
{
	local spool=$INTEROP_ROOT/var/spool/postfix

	[ -z "$(find "$spool"/{incoming,active,deferred} -type f)" ]
}

# nothing_in MAILBOX: nothing has come and nothing is under way.
nothing_in()
{
	within queue_is_empty || { echo 'the queue does not drain'; return 1; }
	[ "$(count "$1")" -eq 0 ] || { echo "$1 has mail"; return 1; }
}

# has_only MAILBOX NUMBER
has_only()
{
	[ "$(count "$1")" -eq "$2" ] && return
	echo "$(count "$1") of $2 arrived in $1"
	return 1
}

# arrived MAILBOX [NUMBER]: waits for that many, 1 unless told, and no more;
# then leaves the fields that the server put above the message in the file
# trace, and the message itself, byte for byte, in the file arrived.  With a
# NUMBER they are of any one of them.
arrived()
{
	local number=${2-1} file

	within delivered "$1" "$number" || :
	within queue_is_empty || :
	has_only "$1" "$number"
	file=$(find "$(folder "$1")" -type f | head -n 1)
	split_trace "$file"
}

# Exactly the four fields that Postfix adds, in its order, the last of them
# folded; a message's own fields of these names stay with it.
split_trace()
{
	local lines

	lines=$(LC_ALL=C awk '
	NR == 1 && /^Return-Path: / || NR == 2 && /^X-Original-To: / ||
	NR == 3 && /^Delivered-To: / || NR == 4 && /^Received: / { next }
	NR > 4 && /^[ \t]/ { next }
	{ print NR; exit }' "$1")
	[ "$lines" -gt 4 ] || { echo "no trace in $1"; return 1; }
	head -n $((lines - 1)) "$1" >trace
	tail -n "+$lines" "$1" >arrived
}

# same [FILE]: what arrived is what was sent.
same()
{
	cmp "${1-message}" arrived || {
		diff "${1-message}" arrived | head -n 20 | cat -v
		return 1
	}
}

# log_of_arrival PATTERN: the server's log tells it of this message's client.
log_of_arrival()
{
	local id

	id=$(sed -n 's/.* with E*U*T*F*8*SMTPS*A* id \([0-9A-F]*\).*/\1/p' trace)
	grep "smtpd.*: $id: client=" "$INTEROP_ROOT/var/log/mail.log" |
		grep -q "$1" || {
		echo "not in the log of $id: $1"
		grep ": $id: " "$INTEROP_ROOT/var/log/mail.log"
		return 1
	}
}
