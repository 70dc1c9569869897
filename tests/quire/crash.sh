# shellcheck shell=sh disable=SC2154,SC2086
# Power cuts at many moments, power-offs, and what is on the disk then.

# last_synced NAME: how many files of that writer are durable.
last_synced() {
    n=$(grep -a -o "^$1 synced [0-9]*" out | tail -n 1 | sed 's/.* //')
    echo $((${n:--1} + 1))
}

# cut_after NAME LINES: two writers at work until the console has so many lines of the first.
cut_after() {
    session disk.img "cd /tmp; durable write $1a & durable write $1b & sync; wait"
    await "the writers write" "^$1a synced" "$2"
    cut_power
    a=$(last_synced "$1a")
    b=$(last_synced "$1b")
}

# The journal of what was cut off is replayed: by fsck, in memory, and by the next boot.
test_power_cuts() {
    image disk.img
    replays=0
    round=0
    for lines in ${CUTS:-1 3 8 20 45 90 170 60}; do
        round=$((round + 1))
        cut_after "r$round" "$lines"
        check "cut $round: the power went" [ $status = 137 ]
        sound "fsck after cut $round" disk.img
        if grep -q 'the journal holds' said; then replays=$((replays + 1)); fi
        boot disk.img "cd /tmp; durable check r${round}a $a && durable check r${round}b $b &&
            vmaudit && rm -r r${round}a r${round}b && echo removed" KEEP=1
        expect "after cut $round at $a and $b files all that was synced is there" 0 '^removed$'
        sound "fsck after the boot behind cut $round" disk.img
    done
    check "the journal was replayed" [ "$replays" -gt 0 ]
}

# The power is cut again while the next boot replays, or soon after.
test_cuts_while_booting() {
    image disk.img
    cut_after again 30
    for delay in 0.2 0.3 0.4 0.5 0.6; do
        session disk.img 'cat /bin/*'
        while [ ! -s qemu.pid ]; do sleep 0.02; done
        sleep $delay
        cut_power
        sound "fsck after a cut $delay seconds into the boot" disk.img
    done
    boot disk.img "cd /tmp; durable check againa $a && durable check againb $b" KEEP=1
    expect "after five more cuts all is still there" 0 '^durable: [0-9]* passed, 0 failed$'
}

# Nobody syncs; the end of the commands powers off, and so does halt.
test_power_off() {
    image disk.img
    boot disk.img 'cd /tmp; durable leave left 60' KEEP=1
    expect "power-off" 0 ''
    sound "fsck after power-off" disk.img
    check "the journal is empty" [ "$(grep -c 'the journal holds' said)" = 0 ]
    boot disk.img 'cd /tmp; durable check left 60 && durable leave more 60; halt 3; sleep 9' KEEP=1
    expect "halt" 3 '^durable: [0-9]* passed, 0 failed$'
    boot disk.img 'cd /tmp; durable check left 60 && durable check more 60' KEEP=1
    expect "all is there" 0 '^durable: [0-9]* passed, 0 failed$'
    "$tools/imgcat" disk.img /etc/tests.sh >copy
    check "what was not touched too" cmp copy "$files/etc/tests.sh"
}

# Power-off while others write.
test_busy_power_off() {
    image disk.img
    boot disk.img 'cd /tmp; durable write busy & cat /bin/* >/dev/null; sleep 0.5; halt 4' KEEP=1
    expect "halt while somebody writes" 4 '^busy synced'
    a=$(last_synced busy)
    sound "fsck after it" disk.img
    boot disk.img "cd /tmp; durable check busy $a" KEEP=1
    expect "what was synced before is there" 0 '^durable: [0-9]* passed, 0 failed$'
}
