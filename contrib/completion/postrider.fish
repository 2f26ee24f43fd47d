# SPDX-License-Identifier: ISC
#
# Completion for fish: what there is the program says itself (--help).

complete -c postrider -f
for line in (postrider --help 2>/dev/null)
    set -l m (string match -r '^  (?:-\S.*, )?--([a-z-]+)(\S*) +(.*)$' -- $line)
    or continue
    set -l values (string match -r '^\[?=([^]]*)' -- $m[3])[2]
    switch "$values"
        case ''
            complete -c postrider -l $m[2] -d "$m[4]"
        case FILE PATH
            complete -c postrider -l $m[2] -r -F -d "$m[4]"
        case '*|*'
            complete -c postrider -l $m[2] -x -a (string replace -a '|' ' ' -- $values) -d "$m[4]"
        case '*'
            complete -c postrider -l $m[2] -x -d "$m[4]"
    end
end
complete -c postrider -s C -r -F -d 'account file'
complete -c postrider -s t -d 'recipients from the header'
complete -c postrider -s v -d 'show the dialogue'
