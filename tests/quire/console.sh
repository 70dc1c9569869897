# shellcheck shell=sh disable=SC2154,SC2086
# The console: typing, line editing, ^C and ^D, seen from a shell's prompt.

# type TEXT: as for printf; \r ends a line.
type_keys() {
    # shellcheck disable=SC2059
    printf "$1" >&3
}

test_console() {
    image disk.img
    session disk.img '' LIMIT=60
    await "a prompt" '^[^ ]*[$#] $' || cut_power
    type_keys 'echo one two\r'
    await "a line" '^one two'
    type_keys 'echo abx\177c\r'
    await "backspace rubs out" '^abc'
    type_keys 'echo bad\025echo good\r'
    await "^U rubs out the line" '^good'
    check "and what was rubbed out does nothing" [ "$(grep -c '^bad' console)" = 0 ]
    type_keys 'sleep 1000\r'
    await "a job" 'sleep 1000'
    sleep 0.5
    type_keys '\003'
    sleep 0.5
    type_keys 'echo status $?\r'
    await "^C ends it" '^status 130'
    type_keys 'echo never\003'
    type_keys 'echo fresh\r'
    await "^C drops a line" '^fresh'
    check "which is not run" [ "$(grep -c '^never' console)" = 0 ]
    type_keys 'sleep 1000\r'
    sleep 0.5
    type_keys '\032'
    await "^Z stops a job" '^\[1\] Stopped'
    type_keys 'ps; echo listed\r'
    await "the shell goes on without it" '^listed'
    check "and ps shows it stopped" grep -q ' T .*sleep' console
    type_keys 'bg\r'
    await "bg lets it go on" '^\[1\] sleep 1000 &'
    type_keys 'jobs\r'
    await "in the background" '^\[1\] Running'
    type_keys 'fg\r'
    sleep 0.5
    type_keys '\003'
    sleep 0.5
    type_keys 'echo ended $?\r'
    await "fg makes it the job that ^C ends" '^ended 130'
    type_keys 'cat; echo done\r'
    sleep 0.5
    type_keys 'from cat\r'
    await "cat reads a line" '^from cat'
    type_keys '\004'
    await "^D ends its input" '^done'
    type_keys 'cat\rpart\004\004'
    sleep 0.5
    type_keys 'echo; echo whole\r'
    await "^D twice behind a part of a line" '^whole'
    type_keys 'inputwait\r'
    await "poll finds nothing to be read" '^inputwait: 0 now, 1 of both'
    await "nor does read" '^inputwait: waits, read says -1'
    type_keys 'what was '
    sleep 0.5
    type_keys 'typed\r'
    await "poll wakes for a line" '^inputwait: 1, a line, what was typed'
    type_keys 'cd /bin\r'
    sleep 0.5
    type_keys '(sleep 1000 | sleep 1000) \r'
    sleep 0.5
    type_keys '\003'
    sleep 0.5
    type_keys 'echo all gone\r'
    await "^C ends a pipeline" '^all gone'
    type_keys 'ps; pwd\r'
    await "the shell goes on" '^/bin'
    type_keys '\004'
    sleep 2
    type_keys 'pwd; echo here\r'
    await "^D at the prompt ends the shell, and init starts another" '^here'
    check "in the root" grep -q "^/$(printf '\r')*\$" console
    type_keys 'halt 5\r'
    end_session
    check "halt's status: $status" [ "$status" = 5 ]
    check "no sleeper is left" [ "$(grep -c 'R sleep\|S sleep' out)" = 0 ]
    sound "fsck after the session" disk.img
}
