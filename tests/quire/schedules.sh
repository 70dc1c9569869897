# shellcheck shell=sh disable=SC2154,SC2086
# The two tests that share memory most, at once, where races show: with harts that take turns by
# counted instructions. The number of harts and the length of the turns are the seed.

test_turns() {
    for schedule in "4 9" "2 9" "8 8" "4 10"; do
        set -- $schedule
        image disk.img
        boot disk.img 'vmaudit sh -c "mmaptest & cowtest; wait"' CPUS="$1" ICOUNT="$2" KEEP=1
        expect "mmaptest and cowtest, $1 harts, turns by -icount shift=$2" 0 \
            '^vmaudit: 0 violations, 0 leaked pages$'
        sound "fsck after them" disk.img
    done
}
