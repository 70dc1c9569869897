# shellcheck shell=sh disable=SC2154,SC2086
# strace, and the boot argument strace=1.

test_strace() {
    image disk.img
    boot disk.img "strace sh -c 'echo hi | cat; ls /nowhere'; strace /nowhere; echo \$? after"
    expect "the traced command's own output" 0 '^hi$'
    expect "arguments and a result" 0 '^[0-9]* sh: dup3([0-9]*, 1, 0x0) = 1$'
    expect "a string and an error" 0 \
        '^[0-9]* ls: newfstatat(-100, "/nowhere", 0x[0-9a-f]*, 0x0) = -1 ENOENT$'
    expect "exec of a child's child" 0 '^[0-9]* cat: ... execve = 0$'
    expect "a call that does not come back" 0 '^[0-9]* ls: exit_group(2) = ?$'
    expect "exec that fails" 0 '^[0-9]* strace: ... execve = -1 ENOENT$'
    expect "and ends the trace" 0 '^127 after$'
    # Two times execve, the second one with its error.
    check "who is not traced is not shown" [ "$(grep -c '^[0-9]* strace: ' out)" = 3 ]
    boot disk.img 'strace signaltest handlers_run >/dev/null
        strace forktest >/dev/null; echo after'
    expect "signals and many processes" 0 '^after$'
    expect "a handler returns" 0 '^[0-9]* signaltest: rt_sigreturn() = ?$'
}

test_unknown_calls() {
    boot disk.img 'unknowncall; echo $?' BOOTARGS=strace=1
    for number in -1 298 459 460 20822; do
        expect "call $number" 0 "^[0-9]* unknowncall: unknown system call $number\$"
    done
    boot disk.img unknowncall
    check "nothing is said unless asked for" \
        [ "$(grep -c 'unknown system call' out)" = 0 ]
    rm disk.img
}
