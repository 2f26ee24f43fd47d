#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""mutate.py COUNT POSTRIDER ACCOUNTS CAPTURE CORPUS...

Makes COUNT messages of those in the folders CORPUS, sends them through
postrider -bs, and reads what the smarthost has put into the folder CAPTURE
with Python's own parser, which shares no code and no author with ours.  Each
fault is told with the input; the last line counts.
"""
import email
import email.header
import email.policy
import email.utils
import glob
import os
import random
import re
import subprocess
import sys

SESSION = 200           # messages; then another one begins
LINE_MAX = 998          # RFC 5322 section 2.1.1
ONCE = ('from sender to cc reply-to date message-id subject in-reply-to '
        'references').split()
LISTS = 'from to cc reply-to'.split()
GONE = 'bcc resent-bcc return-path'.split()
PIECES = [b'\n', b'\r\n', b'\r\r\n', b'\r', b'\n\n', b' ', b',', b';', b'<',
          b'>', b'"', b'(', b')', b'@', b'.', b'\xe4', b'\xc3\xa4', b'\0',
          b'To: x@example.net\n', b'Cc:\n', b'Bcc: hidden@example.net\n',
          b'Date: gestern\n', b'Message-ID: <1@example.org>\n',
          b'Subject: again\n', b'From: y@example.com\n', b'Date:\n',
          b'Content-Type: text/plain; charset=iso-8859-1\n', b'.\n',
          b'a' * 1200, b'x@example.org,' * 90, b'<a@example.org>' * 80]


def mutate(corpus):
    text = random.choice(corpus)
    for _ in range(random.randrange(6)):
        at = random.randrange(len(text) + 1)
        end = min(len(text), at + random.randrange(40))
        what = random.randrange(4)
        if what == 0:
            text = text[:at] + text[end:]
        elif what == 1:
            text = text[:at] + text[at:end] * 2 + text[end:]
        elif what == 2:
            text = text[:at] + random.choice(PIECES) + text[at:]
        else:
            other = random.choice(corpus)
            text = text[:at] + other[random.randrange(len(other) + 1):]
    return text[:100000]


class Session:
    """postrider -bs, one command at a time."""

    def __init__(self, postrider, accounts):
        self.child = subprocess.Popen([postrider, '-C', accounts, '-bs'],
                                      stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE,
                                      stderr=subprocess.DEVNULL)
        self.reply()
        self.command(b'EHLO client.example.net\r\n')

    def reply(self):
        while True:
            line = self.child.stdout.readline()
            if line == b'':
                sys.exit('mutate: the session has ended')
            if line[3:4] != b'-':
                return int(line[:3])

    def command(self, octets):
        self.child.stdin.write(octets)
        self.child.stdin.flush()
        return self.reply()

    def send(self, text):
        self.command(b'MAIL FROM:<alice@example.org>\r\n')
        self.command(b'RCPT TO:<bob@example.net>\r\n')
        code = self.command(b'BDAT %d LAST\r\n' % len(text) + text)
        if code != 250:
            self.command(b'RSET\r\n')
        return code

    def end(self):
        self.command(b'QUIT\r\n')
        self.child.stdin.close()
        self.child.wait()


def parse(text):
    return email.message_from_bytes(text, policy=email.policy.compat32)


def is_signed(message):
    kind = message.get_content_type()
    return (kind in ('multipart/signed', 'application/pkcs7-mime',
                     'application/x-pkcs7-mime') or
            any(name.lower().startswith('arc-') or name.lower() in
                ('dkim-signature', 'domainkey-signature')
                for name in message.keys()))


def compact(value):
    return re.sub(r'[\s,]+', '', str(value))


def decoded(value):
    try:
        return compact(email.header.make_header(
            email.header.decode_header(str(value))))
    except (UnicodeError, LookupError, ValueError):
        return compact(value)


def long_lines(message, text):
    """Lines that are too long, but for those that the man page names."""
    head, _, body = text.partition(b'\r\n\r\n')
    if is_signed(message):
        return
    for field in re.split(rb'\r\n(?![ \t])', head):
        # no place to fold it at, outside of quotes, comments and brackets
        if re.search(rb'["()<>\\]|=\?', field):
            continue
        for line in field.split(b'\r\n'):
            if len(line) > LINE_MAX and re.search(
                    rb'[ \t][^ \t]*[ \t]|[,;].*[,;]', line[30:]):
                yield 'header'
    plain = (message.get_content_maintype() == 'text' and
             str(message.get('content-transfer-encoding', '7bit')).lower()
             in ('7bit', '8bit', 'binary') and
             'content-type' not in message)
    for line in body.split(b'\r\n'):
        if len(line) > LINE_MAX and plain:
            yield 'body'


def faults(given, text):
    if re.search(rb'\r(?!\n)|(?<!\r)\n', text):
        yield 'a bare CR or LF'
    got = parse(text)
    names = [name.lower() for name in got.keys()]
    for name in GONE:
        if name in names:
            yield 'field ' + name
    if not is_signed(got):
        for name in ONCE:
            if names.count(name) > 1:
                yield 'several ' + name
    for place in long_lines(got, text):
        yield 'a long line in the ' + place
    # what is left of the input, by the rules of TOLERANCE for line ends
    was = parse(re.sub(rb'\r+\n|\r|\n', b'\r\n', given))
    whole = compact((text + (got.get_payload(decode=True) or b'')).decode(
        'latin-1'))
    values = [decoded(value) for value in got.values()]
    for name, value in was.items():
        name = name.lower()
        # of what is encoded, this says how
        if name in GONE or name == 'content-transfer-encoding' or (
                not str(value).isascii() or '=?' in str(value)):
            continue
        if name in LISTS:
            for _, address in email.utils.getaddresses([value]):
                if '@' in address and compact(address) not in whole:
                    yield 'no %s in %s' % (address, name)
        elif (compact(value) not in whole and
              not any(decoded(value) == other for other in values)):
            yield 'field %s is lost' % name


def main():
    count, postrider, accounts, capture = sys.argv[1:5]
    corpus = []
    for folder in sys.argv[5:]:
        for name in sorted(glob.glob(os.path.join(folder, '*'))):
            with open(name, 'rb') as file:
                corpus.append(file.read(20000))
    random.seed(1)
    given, refused, bad, session = [], 0, 0, None
    for number in range(int(count)):
        if number % SESSION == 0:
            if session:
                session.end()
            session = Session(postrider, accounts)
        text = mutate(corpus)
        if session.send(text) == 250:
            given.append(text)
        else:
            refused += 1
    session.end()
    for number, text in enumerate(given, 1):
        with open(os.path.join(capture, '%d.message' % number), 'rb') as file:
            arrived = file.read()
        for fault in faults(text, arrived):
            bad += 1
            if bad <= 20:
                print('%d.message: %s: %r' % (number, fault, text[:600]))
    print('%d arrived, %d refused, %d faults' % (len(given), refused, bad))
    sys.exit(bad > 0 or refused * 2 > int(count))


main()
