#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# msmtp and postrider side by side: see msmtp.bash for how, and the section
# COMING FROM MSMTP of postrider(1) for what may differ.

load helper
load msmtp

setup()
{
	common_setup
}

@test "accounts: which is chosen, and what it has" {
	run_cases accounts
}

@test "senders" {
	run_cases senders
}

@test "recipients" {
	run_cases recipients
}

@test "header fields" {
	run_cases header
}

@test "bodies" {
	run_cases bodies
}

@test "aliases" {
	run_cases aliases
}

@test "authentication and passwords" {
	run_cases auth
}

@test "notifications" {
	run_cases dsn
}

@test "failures" {
	run_cases failures
}

@test "account files" {
	run_cases files
}

@test "command lines" {
	run_cases arguments
}

@test "each word that postrider(1) explains is that of a difference seen" {
	explained_words | sort >explained
	[ -s explained ]
	sed -n '/^differ$/,/^[^\t]/s/^\t\([^ ]*\) [<>] .*/\1/p' \
	    "$BATS_TEST_DIRNAME"/msmtp/*.cases | sort -u >seen
	diff explained seen
}
