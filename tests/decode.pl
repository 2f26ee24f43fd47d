# SPDX-License-Identifier: ISC
#
# What becomes of a message, checked by decoders that share nothing with us:
#
#	perl decode.pl quoted FILE	pairs of blobs, each a length on 4 octets
#					and the octets: a text, and that text
#					as quoted-printable
#	perl decode.pl header NAME	the unfolded, decoded fields of that name
#					in the message on standard input, UTF-8
#	perl decode.pl body		the decoded body of that message
use strict;
use warnings;
use Encode ();
use MIME::QuotedPrint ();

sub blob {
	my ($file) = @_;
	my $n;

	read($file, $n, 4) == 4 or return undef;
	my $octets = '';
	my $len = unpack('N', $n);
	$len == 0 || read($file, $octets, $len) == $len or die "cut off\n";
	return $octets;
}

sub quoted {
	my ($path) = @_;
	my $count = 0;

	open(my $file, '<:raw', $path) or die "$path: $!\n";
	while (defined(my $plain = blob($file))) {
		my $quoted = blob($file);

		$count++;
		for my $line (split(/\r\n/, $quoted, -1)) {
			length($line) <= 76 or die "text $count: long line\n";
			$line =~ /[^\t -~]/ and die "text $count: octet\n";
			$line =~ /[\t ]$/ and die "text $count: blank\n";
			$line =~ /^\.|^From / and die "text $count: $line\n";
		}
		# it knows LF only; text has no lone LF here
		$quoted =~ s/\r\n/\n/g;
		my $decoded = MIME::QuotedPrint::decode_qp($quoted);
		$plain =~ s/\r\n/\n/g;
		$decoded eq $plain or die "text $count differs\n";
	}
	print "$count texts\n";
}

sub message {
	local $/;
	binmode(STDIN);
	return split(/(?<=\r\n)\r\n/, <STDIN>, 2);
}

sub header {
	my ($name) = @_;
	my ($header) = message();

	$header =~ s/\r\n(?=[ \t])//g;
	binmode(STDOUT, ':encoding(UTF-8)');
	for my $field (split(/\r\n/, $header)) {
		$field =~ s/^\Q$name\E:[ \t]*//i or next;
		print Encode::decode('MIME-Header', $field), "\n";
	}
}

sub body {
	my (undef, $body) = message();

	$body =~ s/\r\n/\n/g;
	binmode(STDOUT);
	print MIME::QuotedPrint::decode_qp($body);
}

my ($what, $argument) = @ARGV;
my %does = (quoted => \&quoted, header => \&header, body => \&body);
$does{$what}->($argument);
