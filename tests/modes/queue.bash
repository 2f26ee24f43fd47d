# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# Messages in a queue, made by hand as postrider-queue(5) has them: load
# helper first.
#
#	queue_make			an empty queue in $QUEUE, and an account
#					that names it
#	queue_entry ID [LINE...]	a message in msg/, these lines of its
#					header in place of those of their keys
#	queue_state ID [LINE...]	its state
#	queue_dead ID			has it been given up
#	queue_ids N			N ids, the oldest first, one a line

queue_make() {
	QUEUE=$BATS_TEST_TMPDIR/queue
	(umask 077 && mkdir -p "$QUEUE"/{msg,dead,state,tmp,account})
	account_file 'host 127.0.0.1' 'port 1' 'tls off' \
		'from alice@example.org' 'queue on' "queue_directory $QUEUE"
}

queue_entry() {
	local id=$1 line key

	shift
	message "entry $id" | sed 's/$/\r/' >entry.message
	(
		umask 077
		{
			[[ ${1:-} != postrider-queue:* ]] ||
				printf '%s\n' "$1"
			for line in 'postrider-queue: 1' "id: $id" \
				'time: 1700000000' "uid: $(id -u)" \
				'account: default' \
				'sender: <alice@example.org>' \
				"octets: $(wc -c <entry.message)" \
				'recipient: <bob@example.net>'; do
				key=${line%%:*}
				[[ " $*" == *" $key: "* ]] ||
					printf '%s\n' "$line"
			done
			for line in "$@"; do
				[[ $line == postrider-queue:* ]] ||
					printf '%s\n' "$line"
			done
			echo
			cat entry.message
		} >"$QUEUE/msg/$id"
	)
}

queue_state() {
	local id=$1

	shift
	(umask 077 && printf '%s\n' 'postrider-queue-state: 1' "$@" \
		'end: yes' >"$QUEUE/state/$id")
}

queue_dead() {
	mv "$QUEUE/msg/$1" "$QUEUE/dead/$1"
}

queue_ids() {
	local i

	for ((i = 1; i <= $1; i++)); do
		printf '018BCFE568%06X\n' "$i"
	done
}
