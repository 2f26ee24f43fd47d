# SPDX-License-Identifier: ISC
#
# C source without comments and without what is in quotes, line by line: what
# is left is code.

{
	out = ""
	for (i = 1; i <= length($0); i++) {
		c = substr($0, i, 1)
		pair = substr($0, i, 2)
		if (comment) {
			if (pair == "*/") {
				comment = 0
				i++
			}
		} else if (quote != "") {
			if (c == "\\")
				i++
			else if (c == quote) {
				quote = ""
				out = out c
			}
		} else if (pair == "/*") {
			comment = 1
			i++
		} else if (pair == "//") {
			break
		} else {
			if (c == "\"" || c == "'")
				quote = c
			out = out c
		}
	}
	if (substr($0, length($0)) != "\\")
		quote = ""
	print out
}
