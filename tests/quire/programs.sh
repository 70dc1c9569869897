# shellcheck shell=sh disable=SC2154,SC2086
# The test programs in the guest, by themselves and all at once, vmaudit after each.

# The programs that are tests by their names, and the shell's own tests.
guest_tests() {
    for source in "$root"/user/tests/*; do
        name=$(basename "$source" .c)
        case $name in *test) echo "$name" ;; esac
    done
    echo "'sh /etc/shtest.sh'"
}

# count_checks PROGRAMS: adds up the last lines of the programs, of which there are two each.
count_checks() {
    counts=$(awk '/^[a-z]+: [0-9]+ passed, [0-9]+ failed$/ { n++; p += $2; f += $4 }
        END { print n + 0, p + 0, f + 0 }' out)
    set -- "$1" $counts
    passed=$((passed + $3))
    failed=$((failed + $4))
    if [ "$2" = $((2 * $1)) ]; then pass; else fail "$2 results of $1 programs run twice" out; fi
}

# One boot for each number of harts.
test_programs() {
    commands=$(guest_tests | tr '\n' ' ')
    programs=$(guest_tests | wc -l)
    for cpus in ${CPUS_LIST:-1 4}; do
        image disk.img
        boot disk.img "sh /etc/tests.sh $commands" KEEP=1 CPUS="$cpus"
        expect "all programs with $cpus harts" 0 '^vmaudit: '
        grep -h '^FAIL' out
        count_checks "$programs"
        grep -h 'vmaudit: ' out | grep -v '^vmaudit: 0 violations, 0 leaked pages$'
        audits=$(grep -c '^vmaudit: 0 violations, 0 leaked pages$' out)
        check "an audit without findings after each" [ "$audits" = $((programs + 1)) ]
        sound "fsck after all programs with $cpus harts" disk.img
    done
}
