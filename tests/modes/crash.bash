# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# For queue_crash.bats and queue_power.bats, behind helper.bash: a queue, whose
# user tests/syscalls kills, makes fail or looks at, again and again.  Messages
# are told apart by their Subject: NAME-NUMBER, and number says which try it is.
#
#	smarthost [OPTION...]	an honest one; the account files OPEN and CLOSED
#	accounts TEXT		the account file is this from now on
#	letter SUBJECT		a message, on standard output
#	put NAME [RECIPIENT]	NAME-0000 goes into the queue
#	keep_template		what each try begins with: the queue as it is
#	restore_template	once more
#	struck ARGUMENT...	tests/syscalls; sets status, and call: what was hit
#	tried ARGUMENT...	postrider; sets status
#	quiet			what must not be said was not
#	note_unsure		remember what may have been delivered
#	run_all			all go, and nothing is left
#	is_dead NAME		this one was given up, and no other
#	want NAME MIN MAX	how often it is to arrive
#	arrived			and did it?
#	each_recipient		arrived counts NAME-NUMBER/RECIPIENT from now on

# shellcheck disable=SC2034,SC2154 # these are for, and from, the tests
setup() {
	postrider_setup
	[ -z "${SANITIZE:-}" ] ||
		skip 'LeakSanitizer does not work in a program that is traced'
	"$BUILD/tests/syscalls" possible ||
		skip 'system calls cannot be traced on this machine'
	# where a sync takes no time
	FAST=$(TMPDIR=/dev/shm mktemp -d 2>/dev/null || echo "$PWD")
	QUEUE=$FAST/queue
	umask 077
	# what bats does before each command takes longer than the commands
	trap - DEBUG
}

teardown() {
	[ "${FAST:-$PWD}" = "$PWD" ] || rm -rf "$FAST"
	postrider_teardown
}

# An honest smarthost that refuses bad@example.net; two account files, of which
# the second knows nobody who listens.
smarthost() {
	local -a lines=('tls off' 'from alice@example.org' 'queue on'
		"queue_directory $QUEUE" 'syslog off' 'logfile log')

	smarthost_serve --transcript /dev/null \
		--refuse 'RCPT TO:<bad@*=550 5.1.1 no such user' "$@"
	account 'port 1' "${lines[@]}"
	CLOSED=$(cat "$ACCOUNT")
	account "${lines[@]}"
	OPEN=$(cat "$ACCOUNT")
}

# The account file, in place.
accounts() {
	printf '%s\n' "$1" >"$ACCOUNT"
}

letter() {
	printf '%s\n' "Subject: $1" '' 'Hello.'
}

# Puts NAME-0000 into the queue; for another recipient than NAME@example.net
# that comes second.
put() {
	letter "$1-0000" | "$POSTRIDER" -C "$ACCOUNT" -odq \
		"${2:-$1@example.net}" 2>stderr
}

# The queue as it is becomes what each number begins with.
keep_template() {
	mv "$QUEUE" "$FAST/template"
}

restore_template() {
	printf -v tag '%04d' "$number"
	rm -rf "$QUEUE"
	if [ -d "$FAST/template" ]; then
		cp -a "$FAST/template" "$QUEUE"
		sed -i "s/^\(Subject: .*\)-0000/\1-$tag/" "$QUEUE"/msg/*
	fi
}

# syscalls ARGUMENT... on its program; status, and what was hit.  Standard
# input is the caller's.
struck() {
	status=0
	"$BUILD/tests/syscalls" "$@" >stdout 2>stderr || status=$?
	call=$(<hit)
}

tried() {
	status=0
	timeout -k 5 "$LIMIT" "$POSTRIDER" -C "$ACCOUNT" "$@" >stdout \
		2>stderr </dev/null || status=$?
}

# What must never be said after a crash, whatever came of the messages.
quiet() {
	! grep -E 'left alone|not understood|another run' stderr >&2 ||
		broken 'this is said'
	[ "$status" -eq 0 ] || [ "$status" -eq 75 ] || broken "status $status"
}

broken() {
	echo "at number $number (call $call): $*" >&2
	sed 's/^/stderr: /' stderr >&2
	(cd "$QUEUE" && ls -lR && head -n 50 -- */*) >&2
	return 1
}

# Which messages may have been delivered, by their states.
note_unsure() {
	local file id

	for file in "$QUEUE"/state/*; do
		id=${file##*/}
		! grep -qs '^unsure: ' "$file" || [ ! -f "$QUEUE/msg/$id" ] ||
			name_it "$QUEUE/msg/$id" "$file" >>unsure
	done
}

each_recipient() {
	EACH=yes
}

# A message in the queue, and its state: its subject, or SUBJECT/RECIPIENT for
# each who waits.
name_it() {
	local subject number

	subject=$(sed -n 's/^Subject: \([^\r]*\).*/\1/p' "$1")
	if [ -z "${EACH:-}" ]; then
		echo "$subject"
		return
	fi
	sed -n 's/^waiting: \([0-9]*\).*/\1/p' "$2" |
		while read -r number; do
			sed -n 's/^recipient: <\([^>]*\)>.*/\1/p' "$1" |
				sed -n "${number}s|^|$subject/|p"
		done
}

# The same of what the smarthost has.
name_captured() {
	local file subject

	for file in "$CAPTURE"/*.message; do
		[ -e "$file" ] || continue
		subject=$(sed -n 's/^Subject: \([^\r]*\).*/\1/p' "$file")
		sed -n "s|^rcpt <\([^>]*\)>.*|$subject/\1|p" \
			"${file%message}envelope"
	done
}

# Everything goes now, what may have been delivered, too; nothing is left but
# what was given up.
run_all() {
	local file first

	accounts "$OPEN"
	tried -q
	quiet
	set -- "$QUEUE"/msg/*
	if [ -e "$1" ]; then
		first=${1##*/}
		tried "-qI${first:0:2}"
		quiet
	fi
	for file in "$QUEUE"/msg/* "$QUEUE"/tmp/* "$QUEUE"/state/*; do
		[ ! -e "$file" ] || [ -e "$QUEUE/dead/${file##*/}" ] ||
			broken "${file#"$QUEUE"/} is left"
	done
}

# This one was given up, and no other.
is_dead() {
	set -- "$1" "$QUEUE"/dead/*
	if [ $# -ne 2 ] || ! grep -q "^Subject: $1-" "$2"; then
		broken "$1 was to be given up, and no other"
	fi
}

# Messages by these names arrived once for each number of the list, or as often
# as the second word says; twice only where that was marked.  The smarthost is
# stopped: whatever it has heard is there.
arrived() {
	smarthost_stop
	touch unsure
	if [ -n "${EACH:-}" ]; then
		name_captured >subjects
	else
		cat "$CAPTURE"/*.message 2>/dev/null | tr -d '\r' |
			sed -n 's/^Subject: //p' >subjects
	fi
	awk '
		FILENAME == "unsure" { twice[$1] = 1; next }
		FILENAME == "subjects" { seen[$1]++; next }
		{
			wanted[$1] = 1
			if (seen[$1] + 0 < $2 || seen[$1] + 0 > $3 + twice[$1]) {
				print $1 ": " seen[$1] + 0 " times, wanted " $2 " to " $3
				bad = 1
			}
		}
		END {
			for (s in seen)
				if (!(s in wanted)) {
					print s ": nobody has asked for it"
					bad = 1
				}
			exit bad
		}
	' unsure subjects wanted >&2
}

# NAME[/RECIPIENT] MIN MAX: of this number.
want() {
	local name=${1%%/*}

	printf '%s-%s %s %s\n' "$name" "$tag${1#"$name"}" "$2" "$3" >>wanted
}

