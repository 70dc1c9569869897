# Turns `nm -n` of the kernel into an assembly table of function names: see kernel/debug/symbols.c.
# Each entry: the function's distance from image_start and its name's from symbol_names.
BEGIN { print "\t.section .symbols, \"a\"\n\t.balign 8"; n = 0 }
$2 ~ /^[tT]$/ && $3 !~ /^[.$]/ && $3 != "image_start" && $3 != "text_end" {
    address[n] = $1; name[n] = $3; n++
}
END {
    print "\t.globl symbol_count, symbol_table, symbol_names"
    printf "symbol_count:\t.dword %d\nsymbol_table:\n", n
    for (i = 0; i < n; i++) {
        printf "\t.word 0x%s - 0xffffffc080200000, %d\n", address[i], at
        at += length(name[i]) + 1
    }
    print "symbol_names:"
    for (i = 0; i < n; i++)
        printf "\t.asciz \"%s\"\n", name[i]
}
