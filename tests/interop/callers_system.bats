#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Programs that send mail with nobody looking on: cron, at, anacron, mdadm,
# logwatch.  All have the name of sendmail compiled in.  calling.bash tells
# how they are tested.

load helper
load calling

# --- cron -------------------------------------------------------------------

# run_cron SENDMAIL CONDITION ...: until the condition holds.  Jobs marked
# @reboot are run when cron begins, if it believes that the machine has just
# begun: no minute need pass.
run_cron()
{
	default_sendmail "$1"
	shift
	rm -f "$INTEROP_ROOT/run/crond.reboot" "$INTEROP_ROOT/run/crond.pid"
	run_daemon "$@" -- /usr/sbin/cron -f
}

@test "cron" {
	text | script text
	printf 'MAILTO=%s@example.org\n@reboot cat work/text\n' "$BOX" >table
	install -m 600 -o 1000 -g 106 table \
	    "$INTEROP_ROOT/var/spool/cron/crontabs/you"
	run_cron "$RECORDER" recorded
	run_cron "$SENDMAIL" delivered "$BOX" 1
	rm "$INTEROP_ROOT/var/spool/cron/crontabs/you"
	carried
	grep -q '^Subject: Cron <you@.*> cat work/text$' arrived
	has_text
}

# --- at and anacron: to the user, by the bare name --------------------------

# to_box: mail for you comes to our mailbox, in the header, too.
to_box()
{
	echo "you: $BOX@example.org" | script aliases
	settings 'aliases /home/you/work/aliases'
}

# from_and_to FROM: what was completed in the header.
from_and_to()
{
	grep -q "^From: $1\$" arrived
	grep -q "^To: $BOX@example.org\$" arrived
}

@test "at" {
	to_box
	text | script text
	default_sendmail "$RECORDER"
	as_you sh -c 'echo cat text | at now'
	run_daemon recorded -- /usr/sbin/atd -f
	default_sendmail "$SENDMAIL"
	as_you sh -c 'echo cat text | at now'
	run_daemon delivered "$BOX" 1 -- /usr/sbin/atd -f
	# Which job it was, the subject tells.
	carried 1 from to subject
	from_and_to sender@example.org
	grep -q '^Subject: Output from your job ' arrived
	has_text
}

# run_anacron SENDMAIL: all jobs at once, as if they had never run.
run_anacron()
{
	default_sendmail "$1"
	as_you /usr/sbin/anacron -d -f -n -s -t /home/you/work/table \
	    -S /home/you/work/spool
}

@test "anacron" {
	to_box
	settings 'sender sender@example.org'
	text | script text
	script table <<-'END'
		SHELL=/bin/sh
		MAILTO=you
		1 0 job cat /home/you/work/text
	END
	as_you mkdir spool
	run_anacron "$RECORDER"
	recorded
	run_anacron "$SENDMAIL"
	carried 1 from to
	from_and_to 'Anacron <sender@example.org>'
	grep -q "^Subject: Anacron job 'job' on " arrived
	has_text
}

# --- daemons of root: five lines make their mail what the provider takes ----

for_root()
{
	machine 'sender sender@example.org' "root $BOX@example.org"
}

# run_mdadm SENDMAIL [MAILBOX]: a test mail about an array that need not be.
run_mdadm()
{
	default_sendmail "$1"
	printf 'ARRAY /dev/md/none UUID=01234567:89abcdef:01234567:89abcdef\nMAILADDR %s\n' \
	    "${2-root}" | script mdadm.conf
	as_root /sbin/mdadm --monitor --oneshot --test --scan \
	    --config=/home/you/work/mdadm.conf 3>&-
}

@test "mdadm" {
	for_root
	run_mdadm "$RECORDER"
	within recorded
	run_mdadm "$SENDMAIL"
	carried 1 from to
	from_and_to 'mdadm monitoring <sender@example.org>'
	grep -q '^Subject: TestMessage event on /dev/md/none:' arrived
}

# run_logwatch SENDMAIL: on a log of ours.
run_logwatch()
{
	default_sendmail "$1"
	as_root /usr/sbin/logwatch --output mail --mailto root --range all \
	    --service cron --detail high --archives no --logdir /home/you/work/log
}

@test "logwatch" {
	for_root
	install -d "$HOME_OF_YOU/work/log"
	for minute in 10 20 30; do
		echo "Feb  1 12:$minute:01 box CRON[1]: (you) CMD (true)"
	done | tee "$HOME_OF_YOU/work/log/syslog" \
	    >"$HOME_OF_YOU/work/log/cron"
	run_logwatch "$RECORDER"
	recorded
	run_logwatch "$SENDMAIL"
	carried 1 from to
	from_and_to 'root <sender@example.org>'
	grep -q '^Subject: Logwatch for ' arrived
}

# --- the queue: who looks at it -----------------------------------------------

# monitor STATUS TEXT: what check_mailq says, which calls mailq.
monitor()
{
	local status=0

	as_you /usr/lib/nagios/plugins/check_mailq -M postfix -w 2 -c 3 \
	    >said 2>&1 || status=$?
	[ "$status" -eq "$1" ] && grep -F -e "$2" said && return
	cat said >&2
	return 1
}

@test "check_mailq: an empty queue, a full one, and empty again" {
	local accounts=$HOME_OF_YOU/.config/postrider/accounts

	settings 'queue on'
	monitor 0 'queue is empty'
	cp "$accounts" right
	settings 'port 1'
	for _ in 1 2; do
		text | as_you "$SENDMAIL" -i "$BOX@example.org"
	done
	monitor 1 'mailq is 2'
	text | as_you "$SENDMAIL" -i "$BOX@example.org"
	monitor 2 'mailq is 3'
	cat right >"$accounts"
	as_you "$SENDMAIL" -q
	arrived "$BOX" 3
	monitor 0 'queue is empty'
}
