# The rules of tools/tidy that need no compiler. Reads tools/layers, then all source files; prints
# each finding as `file:line: what is wrong; what to do`, and exits with status 1 if there is one.

BEGIN {
    MAX_LINE = 100
    MAX_FILE = 600
    MAX_FUNCTION = 70
    MAX_NESTING = 3
    MAX_PARAMETERS = 5
    INDENT = 4
}

function finding(file, line, text) {
    printf "%s:%d: %s\n", file, line, text
    nfindings++
}

# --- tools/layers ---

function read_table(    i) {
    if ($0 ~ /^#/ || NF == 0)
        return
    if ($1 == "layer") {
        rank[$2] = ++nlayers
    } else if ($1 == "never") {
        never[$2, $3] = words_from(4)
    } else if ($1 == "allow") {
        allow[$2, $3] = FNR
    } else if ($1 == "outside") {
        for (i = 3; i <= NF; i++)
            may[$2, $i] = 1
        outside[$2] = words_from(3)
    } else {
        finding(FILENAME, FNR, "unknown word " $1 "; the table has layer, never, allow, outside")
    }
}

function words_from(first,    i, text) {
    for (i = first; i <= NF; i++)
        text = text (i > first ? " " : "") $i
    return text
}

# --- What a line holds ---

# The line without comments and with empty strings. `in_comment` lasts over lines.
function code_of(text,    code, at) {
    while (text != "") {
        if (in_comment) {
            at = index(text, "*/")
            if (at == 0)
                return code
            text = substr(text, at + 2)
            in_comment = 0
        } else if (!match(text, /"|'|\/\*|\/\//)) {
            return code text
        } else {
            code = code substr(text, 1, RSTART - 1)
            at = substr(text, RSTART, RLENGTH)
            text = substr(text, RSTART + RLENGTH)
            if (at == "//")
                return code
            if (at == "/*") {
                in_comment = 1
            } else {
                code = code at at
                text = after_literal(text, at)
            }
        }
    }
    return code
}

function after_literal(text, quote,    c) {
    while (text != "") {
        c = substr(text, 1, 1)
        text = substr(text, c == "\\" ? 3 : 2)
        if (c == quote)
            return text
    }
    return ""
}

# --- Includes ---

function directory_of(path) {
    return sub(/\/[^\/]*$/, "", path) ? path : "."
}

# Without "x/../" and "./".
function plain(path) {
    while (sub(/[^\/.]+\/\.\.\//, "", path))
        ;
    while (sub(/^\.\//, "", path))
        ;
    return path
}

# The file that an #include names, among those that were given; "" if it is not one of them.
function resolve(name, quoted,    n, i, place, path) {
    n = split((quoted ? directory_of(FILENAME) " . " : "") search_path(), place, " ")
    for (i = 1; i <= n; i++) {
        path = plain(place[i] "/" name)
        if (path in given)
            return path
    }
    return ""
}

function search_path() {
    if (FILENAME ~ /^user\//)
        return "user/include user/bin kernel"
    return FILENAME ~ /^tests\/host\// ? "tests/host/stand kernel" : "kernel"
}

function layer_of(path,    part) {
    if (split(path, part, "/") < 3 || part[1] != "kernel" || !(part[2] in rank))
        return ""
    return part[2]
}

# The longest row of the table that the path lies under.
function row_of(path) {
    while (sub(/\/[^\/]*$/, "", path))
        if (path in outside)
            return path
    return ""
}

function read_include(text,    quoted, name, target) {
    quoted = text ~ /"/
    name = text
    sub(/^[^"<]*["<]/, "", name)
    sub(/[">].*$/, "", name)
    target = resolve(name, quoted)
    if (nincludes++ == 0)
        check_first_include(target)
    if (target == "")
        return
    check_layers(target)
    if (target ~ /\.h$/) {
        edges[FILENAME] = edges[FILENAME] " " target
        edge_line[FILENAME, target] = FNR
    }
}

function check_first_include(target,    own) {
    own = FILENAME
    if (!sub(/\.c$/, ".h", own) || !(own in given) || own == target)
        return
    finding(FILENAME, FNR, "the first #include is not the file's own header; put " own " first")
}

function check_layers(target,    from, to, row) {
    to = layer_of(target)
    if (to == "")
        return
    from = layer_of(FILENAME)
    if (from == "") {
        row = row_of(FILENAME)
        if (row != "" && !((row, to) in may) && !((row, target) in may))
            finding(FILENAME, FNR, row "/ may include of the kernel only: " outside[row] \
                "; copy what is needed, or move it to kernel/abi")
    } else if (rank[to] > rank[from]) {
        if ((FILENAME, target) in allow)
            used[FILENAME, target] = 1
        else
            finding(FILENAME, FNR, "layer " from " is below " to \
                "; hand a function or a table down, or move the code (see tools/layers)")
    } else if ((from, to) in never) {
        finding(FILENAME, FNR, "layer " from " does not use " to ": " never[from, to])
    }
}

function check_unused_rows(    pair, part) {
    for (pair in allow) {
        split(pair, part, SUBSEP)
        if (!(pair in used) && part[1] in given)
            finding(table, allow[pair], part[1] " does not include " part[2] "; remove the row")
    }
}

# Depth first: state 1 is on the path, 2 is done.
function walk(file, trail,    n, i, next_file) {
    state[file] = 1
    n = split(edges[file], next_file, " ")
    for (i = 1; i <= n; i++) {
        if (state[next_file[i]] == 1)
            finding(file, edge_line[file, next_file[i]], "the headers include each other: " \
                cycle(trail " " file, next_file[i]) "; declare the structure and drop one #include")
        else if (state[next_file[i]] == 0)
            walk(next_file[i], trail " " file)
    }
    state[file] = 2
}

function cycle(trail, file) {
    return substr(trail, index(trail " ", " " file " ") + 1) " " file
}

# --- Headers ---

function wanted_guard(path) {
    if (!sub(/^(kernel|user\/include|user\/bin|user\/tests|user)\//, "", path))
        sub(/^tests\/host\/stand\//, "stand/", path)
    path = toupper(path)
    gsub(/[^A-Z0-9]/, "_", path)
    return path
}

function check_guard(code,    part) {
    if (code ~ /^[ ]*$/)
        return
    ncode++
    last_code = code
    split(code, part, " ")
    if (ncode == 1 && (part[1] != "#ifndef" || part[2] != wanted_guard(FILENAME)) ||
        ncode == 2 && (part[1] != "#define" || part[2] != wanted_guard(FILENAME)))
        guard_line = guard_line ? guard_line : FNR
}

function end_header() {
    if (guard_line || ncode < 3 || last_code !~ /^#endif/)
        finding(current, guard_line ? guard_line : lines, "the include guard is not the path's; " \
            "make it " wanted_guard(current) ", with nothing outside")
}

# --- Functions ---

# A function starts at the left margin, and so does its brace.
function read_function(code) {
    if (code ~ /^[A-Za-z_]/) {
        signature = code
        signature_line = FNR
    } else if (code ~ /^[{]/ && signature ~ /\(/) {
        in_function = 1
        check_parameters(signature)
    } else if (code ~ /^[}]/) {
        if (in_function)
            check_length()
        in_function = 0
        signature = ""
    } else if (!in_function) {
        signature = signature code
    }
    if (code ~ /^ +(if|for|while|do|switch|else|list_for_each[a-z_]*)([^A-Za-z0-9_]|$)/)
        check_nesting(code)
}

function check_length(    n) {
    n = FNR - signature_line + 1
    if (n > MAX_FUNCTION)
        finding(FILENAME, signature_line, "the function has " n " lines of at most " \
            MAX_FUNCTION "; split it by steps")
}

function check_nesting(code) {
    match(code, /^ +/)
    if (RLENGTH > MAX_NESTING * INDENT && in_function)
        finding(FILENAME, FNR, "nested " RLENGTH / INDENT " deep, of at most " MAX_NESTING \
            "; move the inner part to a function, or turn a condition round")
}

# System calls have as many as their callers give them.
function check_parameters(text,    n, name) {
    while (match(text, /[A-Za-z0-9_]+\(/)) {
        name = substr(text, RSTART, RLENGTH - 1)
        text = substr(text, RSTART + RLENGTH)
        n = count_parameters(text)
        if (name !~ /^(__attribute__|[A-Z_0-9]+)$/)
            break
    }
    if (n > MAX_PARAMETERS && name !~ /^sys_|^mmap$|^pselect$/)
        finding(FILENAME, signature_line, name " has " n " parameters of at most " \
            MAX_PARAMETERS "; gather what belongs together in a structure")
}

function count_parameters(text,    depth, n, i, c) {
    n = 1
    for (i = 1; i <= length(text) && depth >= 0; i++) {
        c = substr(text, i, 1)
        if (c == "(")
            depth++
        else if (c == ")")
            depth--
        else if (c == "," && depth == 0)
            n++
    }
    return n
}

# --- Files ---

function begin_file() {
    if (current != "")
        end_file()
    current = FILENAME
    is_c = FILENAME ~ /\.[ch]$/
    is_header = FILENAME ~ /\.h$/
    in_comment = in_function = nincludes = ncode = guard_line = 0
    signature = last_code = ""
    if (is_c && $0 !~ /^\/\*/)
        finding(FILENAME, 1, "no comment at the top; say what the file is, and its rules")
}

function end_file() {
    if (is_header)
        end_header()
}

function read_text() {
    if (length($0) > MAX_LINE && FILENAME !~ /\.md$/)
        finding(FILENAME, FNR, "the line has " length($0) " columns of at most " MAX_LINE)
    if ($0 ~ /[ \t]$/)
        finding(FILENAME, FNR, "blanks at the end of the line; remove them")
    if (FNR == MAX_FILE + 1)
        finding(FILENAME, FNR, "the file has more than " MAX_FILE " lines; split it by nouns")
}

function read_c(    code) {
    if ($0 ~ /\t/)
        finding(FILENAME, FNR, "a TAB; indent by " INDENT " spaces")
    if ($0 ~ /(^|[^A-Za-z0-9_])(TODO|FIXME|XXX)([^A-Za-z0-9_(]|$)/)
        finding(FILENAME, FNR, "a note to nobody; do it, or name its issue: TODO(#12)")
    if ($0 ~ /^[ ]*#[ ]*include/ && !in_comment)
        read_include($0)
    code = code_of($0)
    if (is_header)
        check_guard(code)
    if (code !~ /^[ ]*#/)
        read_function(code)
}

BEGIN {
    table = ARGV[1]
    for (i = 2; i < ARGC; i++)
        given[ARGV[i]] = 1
}

FILENAME == table { read_table(); next }
FNR == 1 { begin_file() }
{ lines = FNR; read_text() }
is_c { read_c() }

END {
    if (current != "")
        end_file()
    check_unused_rows()
    for (i = 2; i < ARGC; i++)
        if (state[ARGV[i]] == 0)
            walk(ARGV[i], "")
    exit nfindings != 0
}
