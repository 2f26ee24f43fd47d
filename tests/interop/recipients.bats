#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Recipients with Postfix: many, and some that it refuses.

load helper

# addresses PREFIX NUMBER
addresses()
{
	local i

	for ((i = 1; i <= $2; i++)); do
		echo "$1-$i@example.org"
	done
}

# all NUMBER: that many have come for $BOX-1 and so on.
all()
{
	[ "$(find "$(folder "$BOX-1")/../.." -path "*/$BOX-*" -type f |
		wc -l)" -ge "$1" ]
}

# everybody NUMBER: each of that many got the message, once.
everybody()
{
	local i

	within all "$1" || :
	within queue_is_empty || :
	for ((i = 1; i <= $1; i++)); do
		has_only "$BOX-$i" 1
		split_trace "$(folder "$BOX-$i")"/*
		same
	done
}

# many SERVICE: 200 recipients.
many()
{
	account "$1"
	compose >message
	mapfile -t list < <(addresses "$BOX" 200)
	submit 0 "${list[@]}"
	everybody 200
}

# some SERVICE NUMBER: a refused one in the midst of that many good ones.
some()
{
	local half=$(($2 / 2))

	account "$1"
	compose >message
	mapfile -t list < <(addresses "$BOX" "$2")
	submit 67 "${list[@]:0:half}" "refused-$BOX@example.org" \
	    "${list[@]:half}"
	grep -q "refused-$BOX@example.org" <<<"$output"
	grep -q 'no such user here' <<<"$output"
	everybody "$2"
}

@test "200 recipients in one transaction" {
	many starttls
}

@test "200 recipients with DATA" {
	many data
}

@test "200 recipients, one command at a time" {
	many bare
}

@test "a refused recipient among good ones" {
	some starttls 4
}

@test "a refused recipient among good ones with DATA" {
	some data 4
}

@test "a refused recipient among good ones, one command at a time" {
	some bare 4
}

@test "a refused recipient among 200" {
	some starttls 200
}

@test "every recipient refused" {
	account starttls
	compose >message
	submit 67 "refused-1-$BOX@example.org" "refused-2-$BOX@example.org"
	nothing_in "refused-1-$BOX"
	nothing_in "refused-2-$BOX"
}

@test "every recipient refused with DATA" {
	account data
	compose >message
	submit 67 "refused-1-$BOX@example.org" "refused-2-$BOX@example.org"
	nothing_in "refused-1-$BOX"
}

@test "a recipient put off among good ones" {
	account starttls
	compose >message
	submit 75 "$BOX-1@example.org" "later-$BOX@example.org" \
	    "$BOX-2@example.org"
	everybody 2
}

@test "recipients from the header, Bcc among them and not shown" {
	account starttls
	compose | sed '/^$/,$d' | sed "s/^To: .*/To: $BOX-1@example.org/" \
	    >header
	printf 'Cc: Third <%s-2@example.org>,\n\t%s-1@example.org\n' \
	    "$BOX" "$BOX" >>header
	printf '\nbody\n' >body
	{
		cat header
		printf 'Bcc: %s-3@example.org,\n %s-4@example.org\n' \
		    "$BOX" "$BOX"
		cat body
	} >message
	cat header body >sent
	submit 0 -t
	for i in 1 2 3 4; do
		arrived "$BOX-$i"
		same sent
	done
}

@test "a delivery notice that was asked for comes" {
	account starttls
	compose >message
	timeout "$GUARD" "$POSTRIDER" -C accounts -a peer \
	    -f "notices-$BOX@example.org" -i -N success -R hdrs \
	    -V "id-$BOX" "$BOX@example.org" <message
	arrived "$BOX"
	same
	arrived "notices-$BOX"
	grep -q "^Original-Envelope-Id: id-$BOX\$" arrived
	grep -q '^Action: relayed$' arrived
}
