#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# --json: of --serverinfo, --pretend and the queue, as another program reads it,
# whatever octets are in it.

load ../helper

setup() {
	postrider_setup
	export XDG_CONFIG_HOME=$PWD/none
	type python3 >/dev/null 2>&1 || skip 'no other reader of JSON'
}

# reads PYTHON: standard output is one object, o, of which that is true
reads() {
	python3 -c 'import json, sys
o = json.load(open("stdout", encoding="utf-8"))
assert eval(sys.argv[1]), o' "$1"
}

@test "--serverinfo: greeting, capabilities, certificate, status" {
	smarthost_serve --user alice:secret --require-tls
	account 'tls on' "tls_trust_file $CERTS/ca.pem" 'host localhost'
	submit --serverinfo --json
	expect 0
	reads 'o["server"] == "localhost" and o["port"] > 0'
	reads '"mail.example.org" in o["greeting"][0]'
	reads '"STARTTLS" in o["capabilities_before_tls"]'
	reads 'any(c.startswith("AUTH ") for c in o["capabilities"])'
	reads '"STARTTLS" not in o["capabilities"]'
	reads 'o["tls"]["version"] == "TLS1.3" and o["tls"]["trusted"] is True'
	reads '"CN=mail.example.org" in o["tls"]["subject"]'
	reads '"localhost" in o["tls"]["names"].split()'
	reads 'o["tls"]["valid_from"] < 1.7e9 < o["tls"]["valid_to"]'
	reads 'o["tls"]["tls_pin"].startswith("sha256//")'
	reads 'o["status"] == 0 and o["error"] is None and o["hint"] is None'
	submit --serverinfo --json "--tls-trust-file=$CERTS/foreign-ca.pem"
	expect 69
	reads 'o["tls"]["trusted"] is False and o["status"] == 69'
	reads '"issuer is not trusted" in o["error"] and "tls_pin" in o["hint"]'
}

@test "--serverinfo: no TLS, no server, no account" {
	begin <<'END'
C? QUIT
END
	submit --serverinfo --json
	smarthost_wait
	expect 0
	reads '"tls" not in o and o["capabilities_before_tls"] == []'
	submit --serverinfo --json --port=1
	expect 75
	reads 'o["status"] == 75 and "127.0.0.1:1" in o["error"]'
	reads 'o["greeting"] == [] and o["capabilities"] == []'
	submit --serverinfo --json -a none
	expect 78
	reads 'o["server"] is None and o["status"] == 78 and "none" in o["error"]'
}

@test "--serverinfo: octets of every kind" {
	play <<'END'
S: 220-"quotes" and \\ backslashes \x01\x7f\xff\xc0\xaf
S: 220 \xe2\x80\xae \xf0\x9f\x90\xa6 \xed\xa0\x80 \x1b[2J
C: EHLO *
S: 250-x
S: 250 X\xfe{"a": 1}
C? QUIT
END
	account 'tls off'
	submit --serverinfo --json
	smarthost_wait
	expect 0
	reads 'o["greeting"][0].startswith("\"quotes\" and \\ backslashes ")'
	reads '"\u202e" in o["greeting"][1] and "\U0001f426" in o["greeting"][1]'
	reads 'o["capabilities"] == ["X\\xfe{\"a\": 1}"]'
	lacks -P '[\x00-\x09\x0b-\x1f\x7f]' stdout
}

@test "--pretend: what was read and chosen, and what leaves" {
	account_file 'defaults' 'timeout 9' 'account work' \
		'host mail.example.org' 'port 465' 'auth on' 'user "me"' \
		'password hunter2' 'from a@example.org' "logfile $PWD/log"
	printf '%s\n' 'To: Jörg <b@example.org>' 'Bcc: c@example.org' \
		'Subject: "x" \ y' '' text | submit --pretend --json -t
	expect 0
	expect_not hunter2
	reads "{'what': 'read', 'path': '$ACCOUNT'} in o['files']"
	reads 'o["account"] == "work" and o["reason"] == "it is the only one"'
	reads "o['settings']['port'] == {'value': '465', 'origin': '$ACCOUNT:5'}"
	reads 'o["settings"]["password"]["value"] == "*"'
	reads '"tls" not in o["settings"] and "timeout" in o["settings"]'
	reads 'o["server"] == "mail.example.org" and o["port"] == 465'
	reads 'o["tls"] == "from the first octet"'
	reads 'o["secret"].startswith("password ") and "log" in o["log"]'
	reads 'o["sender"] == "a@example.org"'
	reads 'o["recipients"] == ["b@example.org", "c@example.org"]'
	reads '{"what": "remove", "line": "Bcc: c@example.org"} in o["header"]'
	reads '{"what": "add", "line": "From: a@example.org"} in o["header"]'
	reads '{"what": "encode", "line": "To: =?UTF-8?B?SsO2cmc=?= " +
		"<b@example.org>"} in o["header"]'
	reads 'o["status"] == 0 and o["error"] is None'
}

@test "--pretend: a failure is one, with what there was before it" {
	account_file 'host mail.example.org' 'from a@example.org'
	printf '%s\n' 'From: a@example.org' '' |
		submit -P --json -a none b@example.org
	expect 78
	reads "o['files'][0]['path'] == '$ACCOUNT' and 'host' not in o"
	reads 'o["status"] == 78 and "none" in o["error"] and o["hint"] != ""'
	printf 'X-\377: \001\n\n\0' | submit -P --json b@example.org
	reads 'True'
	printf 'Subject: \377\001\n\n' | submit -P --json -F $'\xff"\\x' \
		b@example.org
	expect 0
	reads 'o["status"] == 0'
}

@test "the queue: a line for each message, by -bp too" {
	account_file 'host 127.0.0.1' 'port 1' 'from a@example.org' 'queue on' \
		"queue_directory $PWD/queue"
	message | submit b@example.net '"q\"uote"@example.net'
	expect 0
	submit --queue-json
	mv stdout want
	submit -bp --json
	expect 0
	same want stdout
	submit --queue-json --json
	same want stdout
	reads 'o["sender"] == "a@example.org" and o["flags"] == []'
	reads 'o["recipients"][1]["address"] == "\"q\\\"uote\"@example.net"'
	reads 'o["recipients"][0]["state"] == "waiting" and o["size"] > 0'
	message | submit b@example.net
	submit -bp --json
	[ "$(wc -l <stdout)" -eq 2 ]
}

@test "it is for nothing else" {
	local arguments

	account_file 'host 127.0.0.1' 'from a@example.org'
	for arguments in b@example.org -bP '-bv b@example.org' --check-config \
		--queue-run; do
		# shellcheck disable=SC2086 # several words
		submit --json $arguments </dev/null
		expect 64 '--json is for --check, --serverinfo, --pretend and -bp'
	done
}
