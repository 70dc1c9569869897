# Names of system calls and errors for kernel/sys/trace.c, from the headers that have them:
#
#     awk -f callnames.awk sys/table.h sys/table.c abi/syscall.h abi/errno.h
#
# A call's arguments are those of its function, a letter each: s a string, x bits, o a mode, d else.

FNR == 1 { file = FILENAME; sub(/.*\//, "", file) }

function kind(call, argument) {
    if (argument ~ /^(path|target|name)$/)
        return "s"
    if (call ~ /^(linkat|renameat2)$/ && argument ~ /^(from|to)$/)
        return "s"
    if (argument ~ /^(flags|request|prot|options)$/)
        return "x"
    return argument == "mode" ? "o" : "d"
}

# long sys_umask(long mask);
file == "table.h" && /^long sys_/ {
    call = $2
    sub(/^sys_/, "", call)
    sub(/\(.*/, "", call)
    list = $0
    sub(/^[^(]*\(/, "", list)
    sub(/\).*/, "", list)
    n = split(list, parts, /, */)
    kinds[call] = ""
    for (i = 1; i <= n; i++)
        if (sub(/^long /, "", parts[i]))
            kinds[call] = kinds[call] kind(call, parts[i])
}

#     [SYS_umask] = sys_umask,
file == "table.c" && /^ +\[SYS_/ {
    name = $1
    gsub(/^\[SYS_|\]$/, "", name)
    call = $3
    sub(/^sys_/, "", call)
    sub(/(_entry)?,$/, "", call)
    served_by[name] = call
}

# #define SYS_umask 166
file == "syscall.h" && $1 == "#define" && $2 ~ /^SYS_/ {
    name = $2
    sub(/^SYS_/, "", name)
    call = name in served_by ? served_by[name] : name
    if ($3 < 460)
        calls = calls sprintf("    [%d] = {\"%s\", \"%s\"},\n", $3, name,
                              call in kinds ? kinds[call] : "dddddd")
}

# #define EPERM 1; two names may have one number.
file == "errno.h" && $1 == "#define" && $2 ~ /^E[A-Z0-9]+$/ && $3 ~ /^[0-9]+$/ && !($3 in seen) {
    seen[$3] = 1
    errors = errors sprintf("    [%d] = \"%s\",\n", $3, $2)
}

END {
    print "/* Made by tools/callnames.awk. */\n#include \"sys/trace.h\"\n"
    printf "const struct call_name call_names[SYSCALL_TABLE_SIZE] = {\n%s};\n\n", calls
    printf "const char *const error_names[ERROR_NAMES] = {\n%s};\n", errors
}
