# shellcheck shell=sh disable=SC2154,SC2086
# One binary, two kernels: what programs print on Quire and on Linux (as qemu-riscv64 shows it).

# Only Quire lacks these for now; a skip is said in a line that the other side does not have.
without_skips() {
    grep -v '^skip ' "$1" | sed 's/: [0-9]* passed, /: N passed, /'
}

# same NAME COMMAND: the command's output was left in the image's /tmp/NAME by Quire.
same() {
    (cd scratch && PATH=$work/wrapped sh -c "$2") >linux 2>/dev/null
    if ! "$tools/imgcat" disk.img "/tmp/$1" >quire 2>said; then
        fail "$1: no output" said
        return
    fi
    without_skips linux >linux.rest
    without_skips quire >quire.rest
    if [ -s quire.rest ] && diff linux.rest quire.rest >difference; then
        pass
    else
        fail "$1 prints something else on Quire" difference
    fi
}

# The host runs the guest's programs by scripts of the same names.
make_wrappers() {
    mkdir -p wrapped scratch
    for program in "$files"/bin/*; do
        name=${program##*/}
        printf '#!/bin/sh\nexec %s -0 %s %s "$@"\n' "$(command -v qemu-riscv64)" "$name" \
            "$program" >"wrapped/$name"
        chmod +x "wrapped/$name"
    done
}

test_same_output() {
    if ! command -v qemu-riscv64 >/dev/null; then
        fail "qemu-riscv64 is not installed"
        return
    fi
    make_wrappers
    image disk.img
    boot disk.img 'cd /tmp; libctest >libctest; libciotest >libciotest; floats >floats
        sh /etc/shtest.sh >shtest; seq 1 500 | grep 7 | wc >pipeline
        ls -l /nowhere >ls 2>&1; echo $? >>ls' KEEP=1
    expect "the programs end" 0 ''
    cp "$files/etc/shtest.sh" .
    same libctest 'libctest'
    same libciotest 'libciotest'
    same floats 'floats'
    same shtest 'sh ../shtest.sh'
    same pipeline 'seq 1 500 | grep 7 | wc'
    # shellcheck disable=SC2016
    same ls 'ls -l /nowhere 2>&1; echo $?'
}
