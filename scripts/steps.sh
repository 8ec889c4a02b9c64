# Steps that continue after a failure, with a summary at the end. Sourced from the root of the project, after lib.sh.

# Once only: `.ci/run` goes on with the steps of `scripts/test`, and must not forget its own.
if [ -z "${steps-}" ]; then
    steps=$(mktemp -d)
    trap 'rm -rf "$steps"' EXIT
    verdicts=()
    passed=0
    failed=0
fi

# step NAME COMMAND..: runs a command and records how it ended. If its output has test results, each test counts;
# otherwise the command counts as one.
step() {
    local name=$1 log=$steps/log ok bad
    shift
    say "$name"
    if "$@" 2>&1 | tee "$log"; then
        verdicts+=("passed  $name")
        bad=0
    else
        verdicts+=("FAILED  $name" "$(failed_tests "$log")")
        bad=1
    fi
    ok=$(counted passed "$log")
    passed=$((passed + (ok == 0 ? 1 - bad : ok)))
    ok=$(counted failed "$log")
    failed=$((failed + (ok == 0 ? bad : ok)))
}

# Prints the tests that failed and the options to run them again, both as cargo lists them.
failed_tests() {
    awk '/^failures:$/ { count = 0; listing = 1; next }
        /^test result:/ { for (at = 0; at < count; at++) if (!seen[names[at]]++) print names[at]; count = listing = 0 }
        /^error: [0-9]+ targets? failed/ { cargo = 1; next }
        /^    [^ ]/ { if (listing) names[count++] = "            " $1; if (cargo) print "        in " substr($0, 5) }
        /^error: could not compile/ { print "        " $0 }' "$1"
}

counted() {
    sed -nE "s/^test result: .* ([0-9]+) $1;.*/\1/p" "$2" | awk '{ sum += $1 } END { print sum + 0 }'
}

# Prints the summary and ends the script.
summary() {
    say "summary"
    printf '%s\n' "${verdicts[@]}" | sed '/^$/d'
    printf '\n%s passed, %s failed\n' "$passed" "$failed"
    [ "$failed" = 0 ]
    exit
}
