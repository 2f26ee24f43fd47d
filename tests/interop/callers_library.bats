#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Libraries by which programs send mail through a sendmail: PHP's mail() and
# PHPMailer, nodemailer, Perl's Email::Sender and MIME::Lite, Ruby's mail.
# calling.bash tells how they are tested.  Each script is called
#
#	script SENDMAIL MAILBOX [PREFIX]
#
# with a prefix for the first of its recipients, and ends with success if the
# library says that the mail is sent.  Each names an envelope sender.

load helper
load calling

export ENVELOPE_SENDER=bounces@example.org

# twice COMMAND ...: with the one sendmail and the other.
twice()
{
	local to

	noise
	for to in "$RECORDER" "$SENDMAIL"; do
		as_you "$@" "$to" "$BOX"
	done
}

# refused COMMAND ...: the library says so.
refused()
{
	run ! as_you "$@" "$SENDMAIL" "$BOX" refused-
	echo "$output"
}

# --- PHP's mail() -----------------------------------------------------------

# php_mail SENDMAIL TO SUBJECT FROM: the text on standard input.
php_mail()
{
	script mail.php <<-'END'
		<?php
		[, $to, $subject, $from] = $argv;
		// mail() puts one line end more behind the text
		$text = preg_replace('/\n$/D', '', stream_get_contents(STDIN));
		$sent = mail($to, $subject, $text,
		    ['From' => $from, 'MIME-Version' => '1.0',
		    'Content-Type' => 'text/plain; charset=utf-8',
		    'Bcc' => 'blind-' . $to], '-fbounces@example.org');
		exit($sent ? 0 : 1);
	END
	text | as_you php -d sendmail_path="$1 -t -i" mail.php "${@:2}"
}

@test "PHP mail()" {
	for to in "$RECORDER" "$SENDMAIL"; do
		php_mail "$to" "$BOX@example.org" 'a text' \
		    'Sender <sender@example.org>'
	done
	carried 1 bcc
	has_text
	run ! grep -qi '^Bcc' arrived
	arrived "blind-$BOX"
}

# decoded FIELD: of the message that arrived, by a decoder that is not ours.
decoded()
{
	sed 's/$/\r/' arrived |
		perl "$BATS_TEST_DIRNAME/../decode.pl" header "$1"
}

@test "PHP mail(): header fields in raw UTF-8 arrive encoded" {
	local field

	php_mail "$SENDMAIL" "$BOX@example.org" 'Grüße, 今日は' \
	    'Jörg Sender <sender@example.org>'
	arrived "$BOX"
	for field in Subject From; do
		grep -q "^$field: [ -~]*$" arrived
	done
	[ "$(decoded Subject)" = 'Grüße, 今日は' ]
	[ "$(decoded From)" = 'Jörg Sender <sender@example.org>' ]
	has_text
}

@test "PHP mail() tells that the recipient was refused" {
	run ! php_mail "$SENDMAIL" "refused-$BOX@example.org" 'to nobody' \
	    sender@example.org
	grep -q 'no such user here' <<<"$output"
}

# --- PHPMailer --------------------------------------------------------------

phpmailer()
{
	script phpmailer.php <<-'END'
		<?php
		require '/usr/share/php/libphp-phpmailer/autoload.php';
		use PHPMailer\PHPMailer\PHPMailer;

		[, $sendmail, $box] = $argv;
		$mail = new PHPMailer(true);
		$mail->isSendmail();
		$mail->Sendmail = $sendmail;
		$mail->CharSet = 'UTF-8';
		$mail->Sender = 'bounces@example.org';
		$mail->setFrom('sender@example.org', 'Jörg Sender');
		$mail->addAddress(($argv[3] ?? '') . "$box@example.org", 'Ä');
		$mail->addCC("copy-$box@example.org");
		$mail->addBCC("blind-$box@example.org");
		$mail->Subject = 'Grüße';
		$mail->Body = file_get_contents('text');
		if (!isset($argv[3]))
			$mail->addAttachment('noise');
		$mail->send();
	END
	text | script text
}

@test "PHPMailer" {
	phpmailer
	twice php phpmailer.php
	carried 1 bcc
	blind
}

@test "PHPMailer tells that the recipient was refused" {
	phpmailer
	refused php phpmailer.php
	grep -q 'no such user here' <<<"$output"
}

# --- nodemailer -------------------------------------------------------------

nodemailer()
{
	script mail.js <<-'END'
		const [sendmail, box, prefix] = process.argv.slice(2);
		require('nodemailer').createTransport({
			sendmail: true, path: sendmail
		}).sendMail({
			envelope: {
				from: 'bounces@example.org',
				to: [
					`${prefix || ''}${box}@example.org`,
					`copy-${box}@example.org`,
					`blind-${box}@example.org`
				]
			},
			from: 'Jörg Sender <sender@example.org>',
			to: `Ä <${prefix || ''}${box}@example.org>`,
			cc: `copy-${box}@example.org`,
			bcc: `blind-${box}@example.org`,
			subject: 'Grüße',
			text: require('fs').readFileSync('text', 'utf8'),
			attachments: prefix ? [] : [{ path: 'noise' }]
		}, (error) => {
			if (error) {
				console.error(error.message);
				process.exit(1);
			}
		});
	END
	text | script text
}

@test "nodemailer" {
	nodemailer
	twice node mail.js
	carried 1 bcc
	blind
}

@test "nodemailer tells that the recipient was refused" {
	nodemailer
	refused node mail.js
	grep -q 'Sendmail exited with code 67' <<<"$output"
}

# --- Perl -------------------------------------------------------------------

email_sender()
{
	script sender.pl <<-'END'
		use strict;
		use warnings;
		use Email::Sender::Simple qw(sendmail);
		use Email::Sender::Transport::Sendmail;
		use Email::Simple;

		my ($with, $box, $prefix) = @ARGV;
		my $to = ($prefix // '') . "$box\@example.org";
		open(my $file, '<:raw', 'text') or die;
		my $mail = Email::Simple->create(
			header => [
				From => 'Sender <sender@example.org>',
				To => $to,
				Subject => '=?UTF-8?Q?Gr=C3=BC=C3=9Fe?=',
				'Content-Type' => 'text/plain; charset=utf-8',
			],
			body => do { local $/; <$file> },
		);
		sendmail($mail, {
			from => 'bounces@example.org',
			to => [ $to, "copy-$box\@example.org",
			    "blind-$box\@example.org" ],
			transport => Email::Sender::Transport::Sendmail->new(
			    { sendmail => $with }),
		});
	END
	text | script text
}

@test "Email::Sender" {
	email_sender
	twice perl sender.pl
	carried
	blind
	arrived "$BOX"
	has_text
}

@test "Email::Sender tells that the recipient was refused" {
	email_sender
	refused perl sender.pl
	grep -q 'no such user here' <<<"$output"
}

mime_lite()
{
	script lite.pl <<-'END'
		use strict;
		use warnings;
		use MIME::Lite;

		my ($with, $box, $prefix) = @ARGV;
		open(my $file, '<:raw', 'text') or die;
		my $mail = MIME::Lite->new(
			From => 'Sender <sender@example.org>',
			To => ($prefix // '') . "$box\@example.org",
			Cc => "copy-$box\@example.org",
			Bcc => "blind-$box\@example.org",
			Subject => '=?UTF-8?Q?Gr=C3=BC=C3=9Fe?=',
			Type => 'multipart/mixed',
		);
		$mail->attach(Type => 'TEXT',
		    Data => do { local $/; <$file> });
		$mail->attach(Type => 'application/octet-stream',
		    Path => 'noise', Disposition => 'attachment')
		    unless defined $prefix;
		$mail->send('sendmail', Sendmail => $with,
		    FromSender => 'bounces@example.org') or exit 1;
	END
	text | script text
}

@test "MIME::Lite" {
	mime_lite
	twice perl lite.pl
	carried 1 bcc
	blind
}

@test "MIME::Lite tells that the recipient was refused" {
	mime_lite
	refused perl lite.pl
	grep -q 'no such user here' <<<"$output"
}

# --- Ruby -------------------------------------------------------------------

ruby_mail()
{
	script mail.rb <<-'END'
		require 'mail'

		sendmail, box, prefix = ARGV
		mail = Mail.new(charset: 'UTF-8')
		mail.smtp_envelope_from = 'bounces@example.org'
		mail.from = 'Jörg Sender <sender@example.org>'
		mail.to = "Ä <#{prefix}#{box}@example.org>"
		mail.cc = "copy-#{box}@example.org"
		mail.bcc = "blind-#{box}@example.org"
		mail.subject = 'Grüße'
		mail.body = File.read('text')
		mail.add_file('noise') unless prefix
		mail.delivery_method :sendmail, location: sendmail
		mail.deliver!
	END
	text | script text
}

@test "Ruby mail" {
	ruby_mail
	twice ruby mail.rb
	carried
	blind
}

# The library does not look at the exit status; what sendmail says is seen.
@test "Ruby mail lets sendmail say that the recipient was refused" {
	ruby_mail
	run as_you ruby mail.rb "$SENDMAIL" "$BOX" refused-
	echo "$output"
	grep -q 'no such user here' <<<"$output"
}
