# shellcheck shell=sh disable=SC2154,SC2086
# Files larger than memory, and a machine with as little memory as it is promised to work with.

test_big_file() {
    image disk.img 128M
    for cpus in 1 4; do
        boot disk.img 'vmaudit bigfile' MEM=32M CPUS=$cpus KEEP=1
        expect "a file of twice the memory with $cpus harts" 0 '^bigfile: [0-9]* passed, 0 failed$'
        expect "nothing is left of it" 0 '^vmaudit: 0 violations, 0 leaked pages$'
        sound "fsck after it" disk.img
    done
}

# Some tests want more memory than there is, and skip; none may fail, or be killed.
test_small_memory() {
    image disk.img
    boot disk.img 'vmaudit sh -c "pipetest & exectest & fstest & wait"' MEM=32M KEEP=1
    expect "programs together in 32 MiB" 0 '^vmaudit: 0 violations, 0 leaked pages$'
    sound "fsck after them" disk.img
}

# A process that takes all memory is killed, and all is there again.
test_exhaustion() {
    image disk.img
    boot disk.img 'vmaudit bigfile 300 all; echo status $?; vmaudit libctest' MEM=32M CPUS=1 KEEP=1
    expect "after memory has run out" 0 '^libctest: [0-9]* passed, 0 failed$'
    expect "all of it is there again" 0 '^vmaudit: 0 violations, 0 leaked pages$'
    sound "fsck after that" disk.img
}
