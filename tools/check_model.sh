#!/bin/sh
# Check the model of the commit rule with spin: the rule holds, and each planted mistake is found.
#
#   sh tools/check_model.sh          about 10 seconds and 1 GB of memory
#
# Exits with 0 if all is as it should be, 1 if not, 3 if a tool is missing.
set -eu

model=$(cd "$(dirname "$0")/.." && pwd)/models/commit_rule/commit_rule.pml
memory_mb_max=3000

missing() {
    echo "check_model: $1 is not installed: apt-get install $2" >&2
    exit 3
}
command -v spin >/dev/null || missing spin spin
command -v cc >/dev/null || missing "a C compiler" gcc

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# verify NAME EXPECTED-ERRORS [SPIN-OPTION...]: search all states, compare the count of errors.
verify() {
    name=$1
    expected=$2
    shift 2
    spin "$@" -a "$model" >spin.log || { cat spin.log >&2; exit 1; }
    # -w: spin's generated C warns about array bounds that its own run-time check covers.
    cc -O2 -w -DSAFETY -DNOREDUCE -DCOLLAPSE -DMEMLIM=$memory_mb_max -o pan pan.c
    ./pan -m2000 -E >pan.log
    errors=$(sed -n 's/.*errors: \([0-9]*\).*/\1/p' pan.log)
    states=$(sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' pan.log)
    if [ "$expected" = 0 ] && grep -E 'Search not completed|max search depth' pan.log >&2; then
        echo "check_model: $name: the search did not reach every state" >&2
        exit 1
    fi
    if [ "$errors" != "$expected" ]; then
        cat pan.log >&2
        echo "check_model: $name: $errors errors instead of $expected" >&2
        exit 1
    fi
    case $expected in
        0) echo "$name: holds in all $states states" ;;
        *) echo "$name: found after $states states: $(sed -n 's/^pan:1: //p' pan.log)" ;;
    esac
}

verify "commit rule, n = 4, F = 1, one equivocator" 0
verify "mutant: a certificate needs F+1 votes" 1 -DCERTIFY=2
verify "mutant: F+1 certificates commit" 1 -DCOMMIT=2
verify "mutant: F+1 authors without a vote skip" 1 -DSKIP=2
