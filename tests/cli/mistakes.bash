# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2034
#
# What the tables of mistakes share: each row is what somebody really gets
# wrong, and the whole text that he is told.
#
#	mistake STATUS TITLE ARGUMENT... <<'END'	submit with these arguments,
#		message in the file `letter'; standard error is the here-document
#	by STATUS TITLE COMMAND... <<'END'	the same by any command
#	heard STATUS TITLE LINE... <<'END'	the same, and the LINEs are the
#		dialogue of the server; the account has ACCOUNT_LINES, too
#	finish			at the end of each test: fails if any row did
#
# In what is compared the port is PORT, this folder HERE, the system's ETC, our
# own number UID.  MISTAKES_RECORD=FOLDER keeps what each row got, by test and row.

begin_table() {
	[ -z "${SWITCHES:-}" ] || skip 'other lines in the account files'
	folder=$("$POSTRIDER" --version |
		sed -n 's,^system account file: \(.*\)/postrider/accounts$,\1,p')
	if [ -e "$folder/postrider/accounts" ] || [ -e "$folder/msmtprc" ]; then
		skip "there are accounts in $folder"
	fi
	row=0 failed=0 TO=(bob@example.net)
	message >letter
}

# The text of the last run as the table has it.
shown() {
	local here

	here=$(printf '%s' "$PWD" | sed 's/[.[\*^$/]/\\&/g')
	sed -e "s,\\([ ;]\\) $folder/,\\1 ETC/,g; s,users $folder/,users ETC/,g" \
		-e "s/$here/HERE/g; s,$CERTS,CERTS,g" \
		-e "s/:${PORT:-none}\\b/:PORT/g" \
		-e "s/uid $(id -u)\\b/uid UID/g; s/gid $(id -g)\\b/gid GID/g" stderr
}

compare() {
	local wanted=$1 title=$2 text

	row=$((row + 1))
	cat >expected
	shown >text
	status=$(cat status)
	if [ -n "${MISTAKES_RECORD:-}" ]; then
		cp text "$MISTAKES_RECORD/$BATS_TEST_NUMBER.$row"
		[ "$status" = "$wanted" ] || echo "$title: $status" >&3
		return 0
	fi
	if [ "$status" != "$wanted" ]; then
		failed=$((failed + 1))
		echo "$title: exit status $status, expected $wanted" >&2
	fi
	cmp -s expected text && return
	failed=$((failed + 1))
	echo "$title:" >&2
	diff expected text >&2 || true
}

mistake() {
	local wanted=$1 title=$2

	shift 2
	submit "$@" <letter
	compare "$wanted" "$title"
}

by() {
	local wanted=$1 title=$2

	shift 2
	status=0
	timeout -k 5 "$LIMIT" "$@" >stdout 2>stderr <letter || status=$?
	echo "$status" >status
	compare "$wanted" "$title"
}

# The server's dialogue, and what becomes of a message for TO.
heard() {
	local wanted=$1 title=$2

	shift 2
	printf '%s\n' "$@" >dialogue
	smarthost_play dialogue
	account "${ACCOUNT_LINES[@]}"
	submit "${TO[@]}" <letter
	if [[ " $* " == *stall* ]]; then
		server_end || true
	else
		smarthost_wait >wait.log 2>&1
	fi || {
		failed=$((failed + 1))
		{ echo "$title: the dialogue"; cat wait.log; } >&2
	}
	compare "$wanted" "$title"
}

finish() {
	[ "$failed" -eq 0 ]
}
