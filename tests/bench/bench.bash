# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# What tests/bench/run is made of: servers, runs in turn, medians.

# Seconds that one submission may take; the slowest peers need a minute.
readonly RUN_LIMIT=180

# start NAME COMMAND...: a server that writes its port to NAME.port; PORT
start() {
	local name=$1 look

	shift
	rm -f "$name.port"
	"$@" -p "$name.port" &
	SERVERS+=("$!")
	for ((look = 0; look < 250; look++)); do
		[ -s "$name.port" ] && break
		sleep 0.02
	done
	PORT=$(cat "$name.port")
}

# sink [OPTION...]: a new sink for MODE, its sessions go to sink.log
# shellcheck disable=SC2153 # MODE, TRUST and so on are set by the cases
sink() {
	local -a mode=()

	case $MODE in
	starttls) mode=(-s) ;;
	implicit) mode=(-i) ;;
	esac
	: >sink.log
	start sink "$TOOLS/sink" -l sink.log -c "$CERTS/good.pem" \
		-k "$CERTS/good.key" "${mode[@]}" "$@"
}

# relay MS: a network of that one-way delay before PORT
relay() {
	start relay "$TOOLS/relay" -t "$PORT" -d "$1"
}

stop() {
	local pid

	for pid in ${SERVERS[@]+"${SERVERS[@]}"}; do
		kill "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
	SERVERS=()
}

# prepare PEER: writes its files; COMMAND, INPUT, and FIRST and THIRD for who
# wants files as standard input or descriptor 3
prepare() {
	THIRD=/dev/null
	FIRST=/dev/null
	"setup_$1" && "submit_$1"
}

# once PEER CASE: one run; a line of the raw results, or a complaint
once() {
	local peer=$1 case=$2 figures sessions

	prepare "$peer" || return
	sessions=$(wc -l <sink.log)
	figures=$(timeout "$RUN_LIMIT" "$TOOLS/measure" "$INPUT" \
		"${COMMAND[@]}" 2>stderr 3<"$THIRD" <"$FIRST" | tail -n 1)
	settled "$sessions"
	if [ "${figures##* }" != 0 ] || ! taken "$sessions"; then
		printf '%s %s: failed (%s): %s\n' "$case" "$peer" \
			"${figures:-no figures}" "$(tail -n 1 stderr)" >>failures
		return 1
	fi
	echo "$case $peer $figures $(tail -n 1 sink.log)" >>"$RAW"
}

# The sink writes its line before the client hears its end, but a client that
# waits for nothing may be gone before: at most two seconds.
settled() {
	local look

	for ((look = 0; look < 100; look++)); do
		[ "$(wc -l <sink.log)" -gt "$1" ] && return
		sleep 0.02
	done
}

# Was the message taken for all, TLS and AUTH as they should be?
taken() {
	local line secure=1

	[ "$(wc -l <sink.log)" -gt "$1" ] || return
	line=$(tail -n 1 sink.log)
	[ "$MODE" = clear ] && secure=0
	case $line in
	*" recipients=$RCPTS messages="[1-9]*" auth=$secure tls=$secure") ;;
	*) return 1 ;;
	esac
}

# in_turn RUNS CASE PEER...: each peer once, then each again
in_turn() {
	local runs=$1 case=$2 i peer

	shift 2
	for ((i = 0; i < runs; i++)); do
		for peer in "$@"; do
			"have_$peer" || continue
			once "$peer" "$case" || :
		done
	done
}

# instructions CASE PEER...: executed by one submission, as callgrind counts
instructions() {
	local case=$1 peer count

	shift
	command -v valgrind >/dev/null || return 0
	for peer in "$@"; do
		"have_$peer" || continue
		prepare "$peer" || continue
		[ "$INPUT" = - ] && INPUT=/dev/null
		count=$(valgrind --tool=callgrind \
			--callgrind-out-file="callgrind.$case.$peer" \
			"${COMMAND[@]}" <"$INPUT" 3<"$THIRD" 2>&1 |
			sed -n 's/.*Collected : //p')
		[ -n "$count" ] || continue
		echo "$case $peer $count" >>"$COUNTS"
	done
}

# alone RUNS CASE COMMAND...: no server, standard input is FILE
alone() {
	local runs=$1 case=$2 peer=$3 i figures

	shift 3
	for ((i = 0; i < runs; i++)); do
		figures=$("$TOOLS/measure" "${FILE:--}" "$@" 2>stderr \
			</dev/null | tail -n 1)
		if [ "${figures##* }" != 0 ]; then
			printf '%s %s: failed (%s): %s\n' "$case" "$peer" \
				"$figures" "$(tail -n 1 stderr)" >>failures
			return 0
		fi
		echo "$case $peer $figures" >>"$RAW"
	done
}
