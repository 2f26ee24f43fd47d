# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# The groups of cases; each function runs one.

# shellcheck disable=SC2034 # MODE, RCPTS, ... are what peers.bash reads

# All that verify the server and authenticate.
ALL='postrider postrider_data msmtp curl nullmailer s_nail swaks git'

make_messages() {
	local i

	header() {
		printf '%s\n' 'From: Alice <alice@example.org>' \
			'To: user1@example.net' 'Subject: a benchmark' \
			'Date: Mon, 01 Jan 2024 12:00:00 +0000' \
			'Message-ID: <bench@example.org>' ''
	}
	{ header; echo 'Hello.'; } >small
	{ header; head -c 74000000 /dev/urandom | base64 -w 76; } >big
	{ header; yes .. | head -c 20000000; } >dots
	{ header; yes '' | head -c 20000000; } >empty
	{ header; base64 -w 76 <big | head -c 19500000; echo; } |
		sed 's/$/\r/' >crlf
	{
		header
		for ((i = 0; i < 20; i++)); do
			head -c 1000000 /dev/zero | tr '\0' 'x'
			echo
		done
	} >long
	cat "$CERTS/ca.pem" >one.pem
	cat /etc/ssl/certs/ca-certificates.crt one.pem >system.pem \
		2>/dev/null || cp one.pem system.pem
	TRUST=$WORK/one.pem
	AUTH=plain
	MESSAGE=$WORK/small
	RCPTS=1
}

# Exact: the sink waits so long that no flight is taken for two.
cases_trips() {
	for MODE in implicit starttls; do
		sink -t 5
		for RCPTS in 1 100; do
			# shellcheck disable=SC2086
			in_turn 1 "trips-$MODE-$RCPTS" $ALL
		done
		RCPTS=1000
		in_turn 1 "trips-$MODE-$RCPTS" postrider postrider_data msmtp
		stop
	done
	RCPTS=1
}

cases_path() {
	for MODE in implicit starttls; do
		sink
		relay 25
		RCPTS=1
		# shellcheck disable=SC2086
		in_turn "$BENCH_RUNS" "path-$MODE-1" $ALL
		RCPTS=100
		in_turn "$BENCH_RUNS" "path-$MODE-100" postrider \
			postrider_data msmtp
		in_turn 1 "path-$MODE-100" curl nullmailer s_nail swaks git
		stop
	done
	RCPTS=1
}

cases_small() {
	local runs=$((BENCH_RUNS * 3))

	MODE=implicit
	sink
	# shellcheck disable=SC2086
	in_turn "$runs" small-one $ALL
	instructions small-one postrider msmtp curl nullmailer
	TRUST=$WORK/system.pem
	# shellcheck disable=SC2086
	in_turn "$runs" small-system $ALL
	instructions small-system postrider msmtp curl nullmailer
	TRUST=$WORK/one.pem
	AUTH=scram-sha-256
	in_turn "$runs" small-scram postrider msmtp curl
	AUTH=plain
	stop
	MODE=clear
	sink
	# shellcheck disable=SC2086
	in_turn "$runs" small-clear $ALL
	instructions small-clear postrider msmtp curl nullmailer
	stop
}

# floor CASE TRUST|-: the library alone, with a dialogue that checks nothing
floor() {
	sink
	INPUT=$MESSAGE
	FILE=$MESSAGE alone "$BENCH_RUNS" "$1" floor "$TOOLS/floor" "$PORT" "$2"
	stop
}

# The same, with a file as standard input.
have_postrider_file() { :; }
setup_postrider_file() { setup_postrider; }
submit_postrider_file() {
	submit_postrider
	INPUT=-
	FIRST=$MESSAGE
}

cases_big() {
	MESSAGE=$WORK/big
	MODE=implicit
	sink
	in_turn "$BENCH_RUNS" big-tls postrider postrider_data \
		postrider_file msmtp curl nullmailer
	stop
	floor big-tls "$TRUST"
	MODE=clear
	sink
	in_turn "$BENCH_RUNS" big-clear postrider postrider_data \
		postrider_file msmtp curl nullmailer
	stop
	floor big-clear -
	MESSAGE=$WORK/small
}

have_postrider_pass() { :; }
setup_postrider_pass() { setup_postrider; }
submit_postrider_pass() {
	submit_postrider
	COMMAND=("$POSTRIDER" --long-lines=pass "${COMMAND[@]:1}")
}

cases_odd() {
	local body

	MODE=implicit
	sink
	for body in dots empty crlf; do
		MESSAGE=$WORK/$body
		in_turn "$BENCH_RUNS" "odd-$body" postrider postrider_data curl
		in_turn 1 "odd-$body" msmtp
	done
	MESSAGE=$WORK/long
	in_turn "$BENCH_RUNS" odd-long postrider_pass curl
	in_turn 1 odd-long msmtp
	in_turn "$BENCH_RUNS" odd-encoded postrider
	MESSAGE=$WORK/small
	stop
}

have_postrider_t() { :; }
setup_postrider_t() { setup_postrider; }
submit_postrider_t() {
	COMMAND=("$POSTRIDER" -C postrider.conf -t)
	INPUT=$MESSAGE
}

# header_to N: a message to so many
header_to() {
	{
		echo 'From: Alice <alice@example.org>'
		printf 'To: '
		recipients "$1" | sed '$!s/$/,/; 2,$s/^/ /'
		printf '%s\n' 'Subject: a benchmark' '' 'Hello.'
	} >"many-$1"
	MESSAGE=$WORK/many-$1
}

# The floor with all recipients, as a peer: in turn with the others.
have_floor() { :; }
setup_floor() { :; }
submit_floor() {
	recipient_list "$RCPTS"
	COMMAND=("$TOOLS/floor" "$PORT" "$TRUST" "${RCPT_LIST[@]}")
	INPUT=$MESSAGE
}

cases_many() {
	MODE=implicit
	sink
	RCPTS=10000
	in_turn "$((BENCH_RUNS * 3))" many-10000 postrider floor
	in_turn "$BENCH_RUNS" many-10000 msmtp
	in_turn 1 many-10000 curl nullmailer
	instructions many-10000 postrider floor
	header_to 10000
	in_turn "$((BENCH_RUNS * 3))" many-header-10000 postrider_t floor
	instructions many-header-10000 postrider_t floor
	RCPTS=100000
	header_to 100000
	in_turn 3 many-header-100000 postrider_t
	RCPTS=1
	MESSAGE=$WORK/small
	stop
}

cases_size() {
	MODE=implicit
	sink
	MESSAGE=$WORK/small
	in_turn "$BENCH_RUNS" size-1k postrider
	for ((i = 0; i < 10; i++)); do
		cat big
	done >huge
	MESSAGE=$WORK/huge
	in_turn 1 size-1g postrider
	rm -f huge
	MESSAGE=$WORK/small
	stop
}

cases_start() {
	local peer

	for ((i = 0; i < BENCH_RUNS * 3; i++)); do
		FILE=- alone 1 start postrider "$POSTRIDER" --version
		for peer in msmtp curl s-nail swaks; do
			command -v "$peer" >/dev/null &&
				FILE=- alone 1 start "${peer//-/_}" "$peer" \
					--version
		done
	done
}

cases_scale() {
	local n

	for n in 10000 100000; do
		seq -f 'name%.0f: bob@example.net' "$n" >"aliases-$n"
		FILE=$WORK/small alone "$BENCH_RUNS" "aliases-$n" postrider \
			"$POSTRIDER" --host=localhost --from=alice@example.org \
			--aliases="aliases-$n" --pretend name7
		{
			printf '%s\n' 'From: alice@example.org'
			seq -f 'X-Field-%.0f: some value of the field' "$n"
			printf '%s\n' '' 'Hello.'
		} >"fields-$n"
	done
	MODE=implicit
	sink
	for n in 10000 100000; do
		MESSAGE=$WORK/fields-$n
		in_turn "$BENCH_RUNS" "fields-$n" postrider
	done
	MESSAGE=$WORK/small
	stop
	for n in 2000 20000; do
		for ((i = 1; i <= n; i++)); do
			echo "account a$i"
			echo "host host$i.example.org"
			echo "from user$i@example.org"
		done >"accounts-$n"
		chmod 600 "accounts-$n"
		FILE=$WORK/small alone "$BENCH_RUNS" "accounts-$n" postrider \
			"$POSTRIDER" -C "accounts-$n" --pretend --aliases= \
			-f "user7@example.org" bob@example.net
		sed 's/^from.*/&/' "accounts-$n" >"msmtp-$n"
		chmod 600 "msmtp-$n"
		if have_msmtp; then
			FILE=$WORK/small alone "$BENCH_RUNS" "accounts-$n" \
				msmtp msmtp -C "msmtp-$n" --pretend \
				-f "user7@example.org" bob@example.net
		fi
	done
}

# queue_to I: every tenth is refused
queue_to() {
	if (($1 % 10 == 0)); then
		echo "refused$1@example.net"
	else
		echo "user$1@example.net"
	fi
}

# Fill the queue, or whatever there is in its place, with N messages; COMMAND
# empties it.
queue_postrider() {
	local i

	setup_postrider
	printf '%s\n' 'queue on' "queue_directory $WORK/queue" >>postrider.conf
	rm -rf queue
	for ((i = 1; i <= $1; i++)); do
		"$POSTRIDER" -C postrider.conf -odq "$(queue_to "$i")" \
			<"$MESSAGE" 2>/dev/null
	done
	COMMAND=("$POSTRIDER" -C postrider.conf -q)
}

queue_msmtp() {
	local i

	setup_msmtp
	for ((i = 1; i <= $1; i++)); do
		printf 'msmtp -C msmtp.conf -- %s <%s\n' "$(queue_to "$i")" \
			"$MESSAGE"
	done >loop
	COMMAND=(sh loop)
}

# nullmailer-send runs this program for each message, one after the other.
queue_nullmailer() {
	local i

	submit_nullmailer
	rm -rf queue
	mkdir queue
	for ((i = 1; i <= $1; i++)); do
		{
			printf '%s\n' alice@example.org "$(queue_to "$i")" ''
			cat "$MESSAGE"
		} >"queue/$i"
		printf '%s 3<queue/%s\n' "${COMMAND[*]}" "$i"
	done >loop
	COMMAND=(sh loop)
}

# queue_run CASE PEER N: N queued, of which nine in ten must arrive; nothing of
# what is refused makes a run a failure
queue_run() {
	local case=$1 peer=$2 n=$3 figures sessions line

	"have_$peer" || return 0
	"queue_$peer" "$n"
	sessions=$(wc -l <sink.log)
	figures=$(timeout 900 "$TOOLS/measure" - "${COMMAND[@]}" \
		2>stderr </dev/null | tail -n 1)
	settled "$sessions"
	line=$(tail -n "+$((sessions + 1))" sink.log | awk -F '[ =]' '
		{ trips += $2; messages += $8 }
		END { print "trips=" trips, "sessions=" NR, "messages=" messages }')
	if [ "${line##*=}" -ne $((n * 9 / 10)) ] || { [ "$peer" = postrider ] &&
		[[ $line != *' sessions=1 '* ||
			$(find queue/dead -type f | wc -l) -ne $((n / 10)) ]]; }
	then
		printf '%s %s: failed (%s): %s\n' "$case" "$peer" "$line" \
			"$(tail -n 1 stderr)" >>failures
		return 0
	fi
	echo "$case $peer $figures $line" >>"$RAW"
}

# The others take minutes for a thousand.
cases_queue() {
	local peer

	MODE=implicit
	sink -r refused
	relay 25
	queue_run queue-1000 postrider 1000
	for peer in postrider msmtp nullmailer; do
		queue_run queue-100 "$peer" 100
	done
	stop
	sink -r refused
	queue_run queue-loopback postrider 1000
	for peer in msmtp nullmailer; do
		queue_run queue-loopback "$peer" 1000
	done
	stop
	rm -rf queue loop
}

machine() {
	printf '%s, %s cores' "$(sed -n 's/^model name[^:]*: //p' \
		/proc/cpuinfo | head -n 1)" "$(nproc)"
}

missing() {
	local peer

	echo
	for peer in msmtp curl nullmailer s_nail swaks git; do
		"have_$peer" || echo "not run: $peer is not here"
	done
	echo 'not run: esmtp, ssmtp and dma, which do not verify the server'
	command -v valgrind >/dev/null ||
		echo 'not counted: instructions, for want of valgrind'
	[ -e /etc/ssl/certs/ca-certificates.crt ] ||
		echo 'not real: the system has no trust store, one CA stands in'
	sed 's/ ([0-9 ]*):/:/; s/^/not counted: /' failures | sort | uniq -c |
		sed 's/^ *\([0-9]*\) \(.*\)/\2 (\1 times)/'
}

# Two panels: the wall time on a path of 50 ms, and of a large message.
plot() {
	command -v gnuplot >/dev/null || {
		echo 'not drawn: for want of gnuplot'
		return
	}
	for name in path-implicit-1 path-starttls-1 big-tls small-one; do
		grep -q "^$name " medians || {
			echo "not drawn: $name has no figures"
			return
		}
	done
	for name in path-implicit-1 path-starttls-1 big-tls small-one; do
		awk -v want="$name" '$1 == want { print $2, $4 / 1000 }' \
			medians >"plot-$name"
	done
	gnuplot "$ROOT/tests/bench/plot.gp" && mv bench.svg \
		"$BUILD/bench/result.svg" && echo "drawn: result.svg"
}
