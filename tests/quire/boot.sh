# shellcheck shell=sh disable=SC2154,SC2086
# What can go wrong before init runs, sizes of machine and disk, exit statuses, and panics.

# refused NAME PATTERN: one sentence, and status 1.
refused() {
    expect "$1" 1 "^quire: cannot boot: .*$2"
    check "$1: one line" [ "$(grep -c '^quire:' out)" = 1 ]
}

# Values in the superblock: see kernel/fs/format.h.
super_field() {
    od -A n -t u4 -j $((4 * $1)) -N 4 "$2" | tr -d ' '
}

# poke IMAGE OFFSET BYTES: the bytes as for printf.
poke() {
    # shellcheck disable=SC2059
    printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

# damaged NAME PATTERN OFFSET BYTES: boots an image with other bytes there.
damaged() {
    cp --sparse=always disk.img bad.img
    poke bad.img "$3" "$4"
    boot bad.img 'echo must not run'
    refused "$1" "$2"
    rm bad.img
}

test_no_disk() {
    boot none true
    refused "no disk" 'there is no disk'
}

test_memory() {
    image disk.img
    boot disk.img 'echo must not run' MEM=8M
    refused "8 MiB" 'too little memory'
    boot disk.img 'vmaudit forktest' MEM=32M
    expect "32 MiB" 0 '^vmaudit: 0 violations, 0 leaked pages$'
    boot disk.img 'mem' MEM=2G
    expect "2 GiB" 0 '^total *524288 '
}

test_foreign_disks() {
    dd if=/dev/zero of=zeros.img bs=1M count=1 2>/dev/null
    boot zeros.img true
    refused "a disk of zeros" 'no Quire file system'
    dd if=/dev/zero of=tiny.img bs=512 count=8 2>/dev/null
    boot tiny.img true
    refused "a tiny disk" 'too small'
    image disk.img
    cp disk.img cut.img
    dd of=cut.img bs=1M seek=20 count=0 if=/dev/null 2>/dev/null
    boot cut.img true
    refused "an image cut off" 'larger than the disk'
    rm ./*.img
}

test_damaged_disks() {
    image disk.img
    journal=$(($(super_field 5 disk.img) * 4096))
    inodes=$(($(super_field 13 disk.img) * 4096))
    damaged "the magic number" 'no Quire file system' 0 'X'
    damaged "the version" 'another version' 4 '\002'
    damaged "the number of blocks" 'checksum' 12 '\001'
    damaged "the label" 'checksum' 64 'label'
    damaged "the journal's magic number" 'journal' $journal 'X'
    damaged "the journal's tail" 'journal' $((journal + 4)) '\377'
    damaged "the root's mode" 'root directory' $((inodes + 128)) '\0\0\0\0'
    damaged "the root a file" 'root directory' $((inodes + 128)) '\244\201'
    check "the image itself boots" boot disk.img true
    mkdir empty
    image none.img 1M empty
    boot none.img true
    expect "a disk without init" 1 '^quire: cannot boot: /bin/init cannot be run'
}

# Random bytes in the metadata: whatever the programs say, the kernel does not panic nor hang.
test_random_damage() {
    image disk.img 16M
    start=$(super_field 7 disk.img)
    end=$(($(super_field 15 disk.img) + 8))
    seed=1
    while [ $seed -le "${DAMAGES:-12}" ]; do
        cp --sparse=always disk.img bad.img
        awk -v seed="$seed" -v from=$((start * 4096)) -v to=$((end * 4096)) 'BEGIN { srand(seed)
            for (i = 0; i < 40; i++)
                printf "%d %o\n", from + int(rand() * (to - from)), int(rand() * 256) }' >pokes
        while read -r at byte; do
            poke bad.img "$at" "\\$byte"
        done <pokes
        boot bad.img 'ls -l / /bin /dev >/dev/null; cat /bin/* /etc/* >/dev/null; mkdir /x;
            cp /bin/ls /x; mv /x/ls /y; rm /y; rmdir /x; sync; vmaudit' LIMIT=60
        if [ $status != 255 ] && [ $status != 124 ] && ! grep -q '^panic' out; then
            pass
        else
            fail "random damage, seed $seed: $status" out
        fi
        seed=$((seed + 1))
    done
}

test_sizes() {
    for size in 16M 256M; do
        image disk.img $size
        boot disk.img 'cp /bin/mmaptest /copy && cmp /bin/mmaptest /copy && vmaudit' KEEP=1
        expect "a disk of $size" 0 '^vmaudit: 0 violations$'
        sound "fsck of it" disk.img
    done
}

test_harts() {
    image disk.img
    boot disk.img 'vmaudit cowtest && vmaudit forktest' CPUS=8 KEEP=1
    expect "8 harts" 0 '^vmaudit: 0 violations, 0 leaked pages$'
    sound "fsck after 8 harts" disk.img
    boot disk.img 'cat /proc/cpuinfo' CPUS=8 BOOTARGS=hart=early
    expect "harts that come where the first one came" 0 '^processor.*: 7$'
    check "are all there" [ "$(grep -c '^processor' out)" = 8 ]
}

test_arguments() {
    image disk.img
    boot disk.img 'echo it runs' BOOTARGS='nonsense more=nonsense = init'
    expect "unknown arguments for the kernel" 0 '^it runs$'
    boot disk.img 'echo never' BOOTARGS='init=/bin/true'
    expect "another init, which ends" 255 '^panic on hart [0-9]: init ended'
    boot disk.img 'echo never' BOOTARGS='init=/no/such/file'
    refused "an init that is not there" '/no/such/file cannot be run'
}

# The status of the machine is that of the commands.
test_status() {
    image disk.img
    for wanted in 0 1 7 255; do
        boot disk.img "exit $wanted"
        expect "status $wanted" $wanted ''
    done
    boot disk.img 'false; true'
    expect "status of the last command" 0 ''
    boot disk.img 'no-such-command'
    expect "no such command" 127 'not found'
    # shellcheck disable=SC2016
    boot disk.img 'kill -9 $$'
    expect "a shell that is killed" 137 ''
    boot disk.img 'kill -9 1; exit 6'
    expect "nobody kills init" 6 ''
    boot disk.img 'kill -9 -1; exit 6'
    expect "all but init are killed, the shell too" 137 ''
    boot disk.img 'halt 9; sleep 100'
    expect "halt with a status" 9 ''
}

test_panic() {
    image disk.img
    boot disk.img 'echo before; panic; echo after'
    expect "panic" 255 '^panic on hart [0-9]: asked for by panic$'
    expect "its backtrace" 255 '^  ffffff[0-9a-f]* sys_quire+0x[0-9a-f]*$'
    check "nothing runs after it" [ "$(grep -c '^after$' out)" = 0 ]
}
