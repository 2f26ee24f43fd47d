#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Programs that send their mail through a sendmail, with ours as it: run by
# the user you, whose account file is found by itself.
#
# What arrives must be what the caller wrote.  Each is therefore run twice,
# first with a sendmail that keeps what it is told, then with ours; what is of
# its time (dates, identifiers, MIME boundaries) is made the same before the
# two are compared.

load helper

# Where the callers see them.
SENDMAIL=/home/you/bin/sendmail
RECORDER=/opt/recorder/sendmail

setup()
{
	common_setup
	HOME_OF_YOU=$INTEROP_ROOT/home/you
	rm -rf "$HOME_OF_YOU"/record/* "$HOME_OF_YOU/work"
	install -d -o 1000 -g 1000 "$HOME_OF_YOU/work"
	account starttls
	sed 's|^tls_trust_file .*|tls_trust_file /etc/certs/ca.pem|' accounts \
	    >accounts.you
	install -d -o 1000 -g 1000 "$HOME_OF_YOU"/.config{,/postrider}
	install -m 600 -o 1000 -g 1000 accounts.you \
	    "$HOME_OF_YOU/.config/postrider/accounts"
	export SENDMAIL RECORDER
}

teardown()
{
	[ -z "${cron_pid-}" ] || stop_cron
}

# as_you COMMAND ...: in ~/work, with an environment as after a login.
as_you()
{
	timeout "$GUARD" chroot --userspec=1000:1000 "$INTEROP_ROOT" \
	    /usr/bin/env -i HOME=/home/you USER=you LOGNAME=you \
	    PATH=/usr/bin:/bin LC_ALL=C.UTF-8 \
	    /bin/sh -c 'cd ~/work && exec "$@"' sh "$@"
}

# alike FILE: it, with what differs from run to run made the same.  A Date
# and a Message-ID that only one of the two has must be the ones we add.
alike()
{
	LC_ALL=C awk '
	function masked(line,    at, out) {
		while (boundary != "" && (at = index(line, boundary)) > 0) {
			out = out substr(line, 1, at - 1) "BOUNDARY"
			line = substr(line, at + length(boundary))
		}
		return out line
	}
	/^$/ { body = 1 }
	!body && /^[^ \t]/ {
		name = tolower($1)
		skip = name == "date:" || name == "message-id:"
		if (skip && ++seen[name] > 1)
			print "another", name
		if (name == "in-reply-to:" || name == "references:") {
			print name
			skip = 1
		}
	}
	!body && match($0, /boundary="[^"]*"/) {
		boundary = substr($0, RSTART + 10, RLENGTH - 11)
	}
	body && /^Content-ID: / { print $1; next }
	body || !skip { print masked($0) }' "$1"
}

# once FIELD FILE: its header has one such field.
once()
{
	[ "$(sed '/^$/q' "$2" | grep -ci "^$1:")" -eq 1 ]
}

# carried [NUMBER]: what arrived in our mailbox is what was recorded, and as
# many.
carried()
{
	local file sent=() number=${1-1}

	sent=("$HOME_OF_YOU"/record/whole.*)
	[ "${#sent[@]}" -eq "$number" ]
	arrived "$BOX" "$number"
	for file in "${sent[@]}"; do
		alike "$file" | cksum
	done | sort >sent.sums
	for file in "$(folder "$BOX")"/*; do
		split_trace "$file"
		grep -q '^Return-Path: <sender@example.org>$' trace
		once Date arrived
		once Message-ID arrived
		once From arrived
		alike arrived | cksum
	done | sort >arrived.sums
	cmp sent.sums arrived.sums || {
		diff <(alike "${sent[0]}") <(alike arrived) | cat -v
		return 1
	}
}

# blind: the copy that nobody else was to know of came, and is not told.
blind()
{
	run ! grep -qi '^Bcc' <(sed '/^$/q' arrived)
	arrived "copy-$BOX"
	arrived "blind-$BOX"
}

# noise: something to attach, in ~/work.
noise()
{
	awk 'BEGIN { for (i = 0; i < 9000; i++)
		printf "%c%015d\n", 1 + i % 255, i * 40503 }' |
		install -o 1000 -g 1000 /dev/stdin "$HOME_OF_YOU/work/noise"
}

# text: what the mailers are given to send.
text()
{
	printf '%s\n' 'Dear reader,' '' . '..' 'From here: Grüße, 今日は' \
	    'QUIT' '-- ' 'me'
}

# --- cron -------------------------------------------------------------------

# run_cron SENDMAIL CONDITION ...: with that as /usr/sbin/sendmail, until the
# condition holds.  Jobs marked @reboot are run when cron begins, if it
# believes that the machine has just begun: no minute need pass.
run_cron()
{
	local cron_fails=

	ln -sf "$1" "$INTEROP_ROOT/usr/sbin/sendmail"
	shift
	rm -f "$INTEROP_ROOT/run/crond.reboot" "$INTEROP_ROOT/run/crond.pid"
	timeout -k 10 "$GUARD" chroot "$INTEROP_ROOT" /usr/bin/env -i \
	    PATH=/usr/bin:/bin /usr/sbin/cron -f 3>&- &
	cron_pid=$!
	within "$@" || cron_fails=1
	stop_cron
	[ -z "$cron_fails" ]
}

stop_cron()
{
	kill "$cron_pid" 2>/dev/null || :
	wait "$cron_pid" || :
	cron_pid=
}

recorded()
{
	compgen -G "$HOME_OF_YOU/record/whole.*" >/dev/null
}

@test "cron" {
	text | install -o 1000 -g 1000 /dev/stdin "$HOME_OF_YOU/work/text"
	printf 'MAILTO=%s@example.org\n@reboot cat work/text\n' "$BOX" >table
	install -m 600 -o 1000 -g 106 table \
	    "$INTEROP_ROOT/var/spool/cron/crontabs/you"
	run_cron "$RECORDER" recorded
	run_cron /opt/postrider/postrider delivered "$BOX" 1
	rm "$INTEROP_ROOT/var/spool/cron/crontabs/you"
	carried
	grep -q '^Subject: Cron <you@.*> cat work/text$' arrived
	text >expected
	sed '1,/^$/d' arrived | cmp expected
}

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
	text >expected
	sed '1,/^$/d' arrived | cmp expected
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
