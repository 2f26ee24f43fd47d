#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
#
# The demonstration behind `make demo': a smarthost on loopback that insists on
# TLS and on a password, an account file for it, and a message handed to
# "sendmail -t".  Shows the account, the dialogue and what arrived.  Everything
# is in a temporary folder, and both it and the server are gone afterwards.
set -eu

: "${POSTRIDER:?}" "${SMARTHOST:?}" "${CERTS:?}"

# Looked for this often, every 50 ms: the server is there within 10 s or never.
readonly LOOKS=200

title() {
	printf '\n\033[1m%s\033[0m\n' "$*"
}
[ -t 1 ] || title() { printf '\n== %s\n' "$*"; }

fail() {
	echo "demo: $*" >&2
	sed 's/^/    /' "$dir/server" >&2
	exit 1
}

finish() {
	if [ -n "$server" ]; then
		kill "$server" 2>/dev/null || :
		wait "$server" 2>/dev/null || :
	fi
	rm -rf "$dir"
}

server=
dir=$(mktemp -d)
trap finish EXIT
trap 'exit 1' HUP INT TERM
mkdir -p "$dir/bin" "$dir/home/.config/postrider" "$dir/arrived"

"$SMARTHOST" --serve --cert "$CERTS/good.pem" --key "$CERTS/good.key" \
	--user demo:secret --require-tls --require-auth \
	--capture "$dir/arrived" --port-file "$dir/port" \
	>"$dir/server" 2>&1 </dev/null &
server=$!
for ((look = 0; look < LOOKS; look++)); do
	[ ! -s "$dir/port" ] || break
	sleep 0.05
done
[ -s "$dir/port" ] || fail 'the smarthost does not listen'

accounts=$dir/home/.config/postrider/accounts
(
	umask 077
	cat >"$accounts" <<END
host            127.0.0.1
port            $(cat "$dir/port")
tls             on
tls_trust_file  $CERTS/ca.pem
auth            on
user            demo
password        secret
from            alice@example.org
END
)
cat >"$dir/message" <<'END'
From: Alice <alice@example.org>
To: Bob <bob@example.net>
Bcc: archive@example.org
Subject: The trip

Hello Bob,

this left by sendmail -t and arrived by SMTP.
.
A lone dot does not end it, and nobody reads of the Bcc.
END

title 'The account file, ~/.config/postrider/accounts'
sed "s,$CERTS/,," "$accounts"
title 'The message, for sendmail -v -t'
cat "$dir/message"

title 'The dialogue'
ln -s "$POSTRIDER" "$dir/bin/sendmail"
status=0
env -i PATH="$dir/bin:$PATH" HOME="$dir/home" \
	sendmail -v -t -i <"$dir/message" 2>&1 || status=$?
[ "$status" -eq 0 ] || fail "sendmail's exit status is $status"

title 'The envelope, as the smarthost has it'
[ -s "$dir/arrived/1.message" ] || fail 'nothing has arrived'
cat "$dir/arrived/1.envelope"
title 'The message, as it arrived'
tr -d '\r' <"$dir/arrived/1.message"
