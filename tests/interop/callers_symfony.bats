#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Symfony Mailer's sendmail transport, which speaks SMTP to -bs by default,
# and can be told to call -t.  What it says that it has sent is kept by the
# script, and compared with what arrives.

load helper
load calling

# symfony COMMAND RECIPIENT ...: a mail to each, by one transport.  For each
# there is a line, `sent' or what went wrong.
symfony()
{
	script mailer.php <<-'END'
		<?php
		require '/usr/share/php/Symfony/Component/Mailer/autoload.php';
		use Symfony\Component\Mailer\Transport\SendmailTransport;
		use Symfony\Component\Mime\Address;
		use Symfony\Component\Mime\Email;

		$by = new SendmailTransport($argv[1]);
		// It puts a line end in front of the last dot in any case.
		$end = strpos($argv[1], ' -bs') ? "\n" : '';
		foreach (array_slice($argv, 2) as $number => $to) {
			$mail = (new Email())
			    ->from(new Address('sender@example.org', 'Jörg'))
			    ->to(...explode(',', $to))
			    ->bcc("blind-$to")
			    ->subject("Grüße Nr. $number")
			    ->text(file_get_contents('text'))
			    ->attachFromPath('noise');
			try {
				$sent = $by->send($mail);
				file_put_contents("../record/whole.$number",
				    $sent->toString() . $end);
				echo "sent\n";
			} catch (Exception $e) {
				echo str_replace("\n", ' ', $e->getMessage()),
				    "\n";
			}
		}
	END
	text | script text
	noise
	as_you php mailer.php "$@" | tee said
}

# session COMMANDS: the one that Postfix has seen since mark_log, as it tells
# of it at its end.
session()
{
	sed -n "$log_begin,\$ s/.* disconnect from [^ ]* //p" \
	    "$INTEROP_ROOT/var/log/mail.log" >session
	[ "$(wc -l <session)" -eq 1 ] && grep -q "$1" session
}

mark_log()
{
	log_begin=$(($(wc -l <"$INTEROP_ROOT/var/log/mail.log") + 1))
}

# without_received: the files in our mailbox, less the field that -bs adds.
without_received()
{
	local file

	for file in "$(folder "$BOX")"/*; do
		split_trace "$file"
		head -n 1 arrived | grep -q '^Received: from .* (uid 1000)$'
		sed '1,/^[^ \t]/ { 1d; /^[ \t]/d; }' arrived |
			cat trace - >"$file"
	done
}

@test "Symfony Mailer: three messages by one -bs, in one session" {
	mark_log
	symfony "$SENDMAIL -bs" "$BOX@example.org" "$BOX@example.org" \
	    "$BOX@example.org"
	[ "$(grep -c '^sent$' said)" -eq 3 ]
	arrived "$BOX" 3
	within session ' mail=3 rcpt=6 data=3 '
	without_received
	carried 3
	arrived "blind-$BOX" 3
}

@test "Symfony Mailer: the reply to one recipient comes from the smarthost" {
	mark_log
	symfony "$SENDMAIL -bs" "$BOX@example.org" \
	    "$BOX@example.org,refused-$BOX@example.org" "$BOX@example.org"
	diff - said <<-END
		sent
		Expected response code "250/251/252" but got code "550", with message "550 5.1.1 <refused-$BOX@example.org>: Recipient address rejected: no such user here".
		sent
	END
	within session ' mail=3 rcpt=5/6 data=2 rset=1 '
	# Symfony gives up the message for all of its recipients.
	arrived "$BOX" 2
	arrived "blind-$BOX" 2
}

@test "Symfony Mailer with -t" {
	symfony "$SENDMAIL -t -i" "$BOX@example.org" "$BOX@example.org"
	[ "$(grep -c '^sent$' said)" -eq 2 ]
	carried 2
	arrived "blind-$BOX" 2
}

@test "Symfony Mailer with -t tells that a recipient was refused" {
	symfony "$SENDMAIL -t -i" "$BOX@example.org,refused-$BOX@example.org"
	grep -q 'exit code 67: .*: the message was accepted for 2 of 3' said
	grep -q ' refused: <refused-.*>: 550 5.1.1 .* no such user here' said
	arrived "$BOX"
}
