# SPDX-License-Identifier: ISC
#
# The same conversation with a client that has something switched off.  From a
# dialogue (tests/smarthost/README) that offers PIPELINING or CHUNKING and is
# written for a client that uses what is offered:
#
#	-v pipelining=off	each command waits for its reply; what a client
#				then knows to be in vain is not sent
#	-v chunking=off		DATA, 354 and the body where BDAT was; for
#				chunks that ride with their envelope
#
# A dialogue that offers no such thing passes as it is.  What was refused, and
# how, stays: so must the verdict.

function emit(text) { out = out text "\n" }

function offered(word) {
	return whole ~ ("\nS: 250[- ]" word "\n")
}

# What the client would have to know to be in vain.
function in_vain(item) {
	if (gone)
		return 1
	if (item ~ /^C[:?] RCPT/)
		return !mail || full
	if (item ~ /^C[:?] DATA|^! (bdat|chunk|body)/)
		return !mail || !rcpt || (item ~ /^! body/ && !data)
	return 0
}

function learn(item, reply, code) {
	code = substr(reply, 4, 3)
	if (code == 421)
		gone = 1
	if (item ~ /^C[:?] MAIL/) {
		mail = code ~ /^2/
		rcpt = data = full = 0
	} else if (item ~ /^C[:?] RCPT/) {
		full = full || (rcpt && reply ~ /^S: 452[ -]4\.5\.3 /)
		rcpt += code ~ /^2/
	} else if (item ~ /^C[:?] DATA/)
		data = code ~ /^3/
}

# The replies of LMTP (RFC 2033 section 4.2) to a message.
function owed(item) {
	if (!lmtp || item !~ /^!/ || rcpt == 0)
		return 1
	return item queue[head + 1] ~ /^! chunk.*! chunk/ ? 1 : rcpt
}

function put_item(item) {
	if (chunking == "off" && sub(/^! bdat/, "! body", item)) {
		if (pipelining == "off" || !afloat)
			emit("C: DATA")
		emit("S: 354 go ahead")
	}
	emit(item)
}

# With PIPELINING: DATA in the place of BDAT, what came behind it later.
function float_item(item) {
	if (item ~ /^! bdat/) {
		emit("C: DATA")
		afloat = 1
	} else if (!afloat)
		emit(item)
}

# The reply to the chunk: to the message, or to DATA if nobody is to get it.
function land(reply, i) {
	if (in_vain(queue[head]))
		emit(reply)
	else
		put_item(queue[head])
	for (i = head + 1; i <= tail; i++)
		emit(queue[i])
	if (!in_vain(queue[head]))
		emit(reply)
	head++
	afloat = 0
}

function take_reply(reply, item) {
	item = queue[head]
	if (head > tail) {
		if (!gone)
			emit(reply)
	} else if (pipelining != "off") {
		if (item ~ /^! bdat/ && afloat) {
			land(reply)
		} else {
			emit(reply)
			learn(item, reply)
			head++
		}
	} else if (in_vain(item)) {
		head++
	} else {
		if (left == 0) {
			put_item(item)
			left = owed(item)
		}
		emit(reply)
		learn(item, reply)
		if (--left == 0)
			head++
	}
}

# What the client waits for when the server does something else.
function put_first(i) {
	if (pipelining != "off") {
		if (!gone && afloat && queue[head] ~ /^! bdat/)
			for (i = head; i <= tail; i++)
				put_item(queue[i])
		return
	}
	while (head <= tail && in_vain(queue[head]))
		head++
	if (head <= tail && left == 0)
		put_item(queue[head])
}

{ whole = whole "\n" $0 "\n"; text[NR] = $0 }

END {
	head = 1
	lmtp = whole ~ /\nC: LHLO/
	if (!(pipelining == "off" && offered("PIPELINING")) &&
	    !(chunking == "off" && offered("CHUNKING"))) {
		for (i = 1; i <= NR; i++)
			print text[i]
		exit
	}
	for (i = 1; i <= NR; i++) {
		if (text[i] ~ /^(#|$)/)
			continue
		if (text[i] ~ /^C[:?]|^! (bdat|chunk|body)/) {
			queue[++tail] = text[i]
			if (pipelining != "off")
				float_item(text[i])
		} else if (text[i] ~ /^S[:-]/) {
			reply = text[i]
			while (text[i] ~ /^S: [0-9][0-9][0-9]-/ &&
			    text[i + 1] ~ /^S/)
				reply = reply "\n" text[++i]
			take_reply(reply)
		} else if (text[i] ~ /^! (close|bye|reset|eof|stall|flood)/) {
			put_first()
			# who was told 421 does not wait for anything
			emit(gone ? "! eof" : text[i])
			over = 1
			break
		} else
			emit(text[i])
	}
	if (!over && pipelining == "off")
		put_first()
	printf "%s", out
}
