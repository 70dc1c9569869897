# shellcheck shell=sh disable=SC2154,SC2086
# What the parts of tests/quire/run share: counting, images, booting. Sourced, not run.
#
# $kernel, $tools (mkfs, fsck, imgcat), $files (what goes on the disk) and $root (of the tree) are
# set, and the current folder is empty and goes away at the end.

passed=0
failed=0

pass() {
    passed=$((passed + 1))
}

# fail NAME [FILE]: also shows the end of the file.
fail() {
    failed=$((failed + 1))
    echo "FAILED $1"
    if [ -n "${2-}" ]; then
        grep -v 'killed by SIG' "$2" | tail -n 30 | sed 's/^/    /'
    fi
}

# check NAME COMMAND...: the command succeeds.
check() {
    name=$1
    shift
    if "$@" >said 2>&1; then pass; else fail "$name" said; fi
}

# --- Images ---

# image NAME [SIZE [FOLDER]]: a new image with what belongs on the disk, or with the folder.
image() {
    "$tools/mkfs" -s "${2:-64M}" "$1" "${3-$files}" || exit 2
}

# sound NAME IMAGE: fsck finds nothing wrong.
sound() {
    check "$1" "$tools/fsck" "$2"
}

# --- Booting ---

# boot IMAGE COMMAND [SETTING=VALUE...]: leaves the exit status in $status and what the console
# showed in the file out. The image itself changes only with KEEP=1.
boot() {
    boot_image=$1 boot_command=$2
    shift 2
    env LIMIT="${LIMIT:-300}" ICOUNT="${ICOUNT-}" "$@" \
        "$root/tools/run" "$kernel" "$boot_image" "$boot_command" >raw 2>&1
    status=$?
    tr -d '\r' <raw >out
}

# expect NAME STATUS PATTERN: how the boot ended, and a line that the console showed.
expect() {
    if [ "$status" = "$2" ] && grep -q -e "$3" out; then pass; else fail "$1: $status" out; fi
}

# --- Sessions: a machine in the background, whose console is the file console ---

# session IMAGE COMMAND [SETTING=VALUE...]: starts it; what goes to descriptor 3 is typed. Without
# a command there is a shell.
session() {
    session_image=$1 session_command=$2
    shift 2
    rm -f keys qemu.pid
    mkfifo keys
    : >console
    env KEEP=1 ICOUNT="${ICOUNT-}" QEMUFLAGS="-pidfile $PWD/qemu.pid" "$@" \
        "$root/tools/run" "$kernel" "$session_image" "$session_command" <keys >console 2>&1 &
    session_pid=$!
    exec 3>keys
}

# Kills the session's QEMU as a power cut would.
cut_power() {
    kill -9 "$(cat qemu.pid)"
    end_session
}

# Waits until the machine is off; its status is in $status.
end_session() {
    exec 3>&-
    wait "$session_pid"
    status=$?
    tr -d '\r' <console >out
}

# await NAME PATTERN [COUNT]: until so many lines of the console match; 60 seconds at most, or ten
# times as many where the machine is as slow as with ICOUNT.
await() {
    tries=0
    tries_at_most=$((ICOUNT ? 12000 : 1200))
    while [ "$(grep -c -a -e "$2" console)" -lt "${3:-1}" ]; do
        tries=$((tries + 1))
        if [ $tries -gt $tries_at_most ]; then
            fail "$1: no '$2'" console
            return 1
        fi
        sleep 0.05
    done
    pass
}
