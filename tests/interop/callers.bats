#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Programs that people write mail with: git send-email, mutt, s-nail, and the
# two called mail.  calling.bash tells how.

load helper
load calling

# --- git send-email ---------------------------------------------------------

# Two patches in ~/work, one with text that is not ASCII.
patches()
{
	text | as_you sh -ec '
		git init -q -b main .
		git config user.name "Jörg Sender"
		git config user.email sender@example.org
		cat >text
		git add text
		git commit -qm "Add a text"
		printf ".\n\nä\n" >>text
		git commit -qam "Grow it: ä is at the end

A line of the body."
		git format-patch -q -2 --root -o out
	'
}

# send_email OPTION ...
send_email()
{
	as_you sh -c 'exec git send-email --quiet --confirm=never "$@" \
	    out/*.patch' sh "$@"
}

@test "git send-email, named as a command" {
	patches
	for to in "$RECORDER" "$SENDMAIL"; do
		send_email --to="$BOX@example.org" --sendmail-cmd="$to"
	done
	carried 2
}

@test "git send-email, named as a server, with an envelope sender" {
	patches
	for to in "$RECORDER" "$SENDMAIL"; do
		as_you git config sendemail.smtpServer "$to"
		send_email --to="Reader <$BOX@example.org>" \
		    --cc="other-$BOX@example.org" \
		    --envelope-sender=sender@example.org
	done
	carried 2
	arrived "other-$BOX" 2
}

@test "git send-email tells that a recipient was refused" {
	patches
	run ! send_email --to="$BOX@example.org" \
	    --cc="refused-$BOX@example.org" --sendmail-cmd="$SENDMAIL"
	echo "$output"
	grep -q 'no such user here' <<<"$output"
	arrived "$BOX"
}

# --- mutt -------------------------------------------------------------------

# mutt_with SENDMAIL ARGUMENT ...: text on its standard input.
mutt_with()
{
	local with=$1

	shift
	text | as_you mutt -n -F /dev/null \
	    -e "set sendmail='$with -oem -oi' sendmail_wait=0" \
	    -e 'set from=sender@example.org realname="Jörg Sender"' \
	    -e 'set copy=no allow_8bit' "$@"
}

@test "mutt" {
	for to in "$RECORDER" "$SENDMAIL"; do
		mutt_with "$to" -s 'Grüße' "$BOX@example.org"
	done
	carried
	has_text
}

@test "mutt -x" {
	for to in "$RECORDER" "$SENDMAIL"; do
		mutt_with "$to" -x -s 'in the manner of mailx' \
		    "$BOX@example.org"
	done
	carried
}

@test "mutt: attachment, copies, BODY, notices and envelope sender" {
	noise
	for to in "$RECORDER" "$SENDMAIL"; do
		mutt_with "$to" -e 'set use_8bitmime use_envelope_from' \
		    -e 'set dsn_notify="failure,delay" dsn_return=hdrs' \
		    -s 'with noise' -c "copy-$BOX@example.org" \
		    -b "blind-$BOX@example.org" -a noise -- "$BOX@example.org"
	done
	carried
	blind
}

@test "mutt tells that the recipient was refused" {
	run ! mutt_with "$SENDMAIL" -s 'to nobody' "refused-$BOX@example.org"
	echo "$output"
	grep -q 'no such user here' <<<"$output"
}

# --- s-nail -----------------------------------------------------------------

# snail_with SENDMAIL ARGUMENT ...: text on its standard input.
snail_with()
{
	local with=$1

	shift
	text | as_you s-nail -:/ -S v15-compat -S mta="$with" -S sendwait \
	    -S 'from=Jörg Sender <sender@example.org>' "$@"
}

@test "s-nail" {
	for to in "$RECORDER" "$SENDMAIL"; do
		snail_with "$to" -s 'Grüße' "$BOX@example.org"
	done
	carried
}

@test "s-nail: attachment, copies and envelope sender" {
	noise
	for to in "$RECORDER" "$SENDMAIL"; do
		snail_with "$to" -r sender@example.org -s 'with noise' \
		    -c "copy-$BOX@example.org" -b "blind-$BOX@example.org" \
		    -a noise "$BOX@example.org"
	done
	carried
	blind
}

@test "s-nail tells that the recipient was refused" {
	run ! snail_with "$SENDMAIL" -s 'to nobody' "refused-$BOX@example.org"
	echo "$output"
	grep -q 'no such user here' <<<"$output"
}

# --- mailutils and bsd-mailx, each also known as mail -----------------------

# Each has the name of its sendmail compiled in.

# mailutils_with SENDMAIL ARGUMENT ...: text on its standard input.
mailutils_with()
{
	default_sendmail "$1"
	shift
	text | as_you mail.mailutils -n \
	    -a 'From: Sender <sender@example.org>' "$@"
}

@test "mailutils" {
	for to in "$RECORDER" "$SENDMAIL"; do
		mailutils_with "$to" -s 'a text' "$BOX@example.org"
	done
	carried
	has_text
}

@test "mailutils: attachment, copies and its own header fields" {
	noise
	for to in "$RECORDER" "$SENDMAIL"; do
		mailutils_with "$to" -s 'with noise' -a 'X-Own: field' \
		    -a "Cc: copy-$BOX@example.org" \
		    -a "Bcc: blind-$BOX@example.org" -A noise \
		    "$BOX@example.org"
	done
	carried 1 bcc
	blind
}

@test "mailutils tells that the recipient was refused" {
	run ! mailutils_with "$SENDMAIL" -s 'to nobody' \
	    "refused-$BOX@example.org"
	echo "$output"
	grep -q 'exited with a non-zero status' <<<"$output"
}

# mailx_with SENDMAIL ARGUMENT ...: text on its standard input.
mailx_with()
{
	default_sendmail "$1"
	shift
	text | as_you bsd-mailx -n "$@"
}

@test "bsd-mailx" {
	for to in "$RECORDER" "$SENDMAIL"; do
		mailx_with "$to" -s 'a text' "$BOX@example.org"
	done
	carried 1 from
	has_text
}

@test "bsd-mailx: copies, its own header fields, envelope sender" {
	for to in "$RECORDER" "$SENDMAIL"; do
		mailx_with "$to" -r sender@example.org -s 'to more' \
		    -a 'X-Own: field' -c "copy-$BOX@example.org" \
		    -b "blind-$BOX@example.org" "$BOX@example.org"
	done
	carried 1 from bcc
	blind
}

@test "bsd-mailx shows why the recipient was refused" {
	run mailx_with "$SENDMAIL" -s 'to nobody' "refused-$BOX@example.org"
	echo "$output"
	grep -q 'no such user here' <<<"$output"
}
