# Functions that the scripts share. Sourced from the root of the project.

say() {
    printf '\n== %s\n' "$*"
}

# need COMMAND PACKAGE..: installs Debian's packages if the command is missing.
need() {
    command -v "$1" >/dev/null && return
    say "installing $1"
    local as_root=()
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || {
            echo "cannot install without root: apt-get install gcc libc6-dev python3 python3-venv nodejs redis-server postgresql faketime valgrind curl openssl nginx caddy systemd" >&2
            return 1
        }
        as_root=(sudo)
    fi
    "${as_root[@]}" apt-get update -q
    "${as_root[@]}" apt-get install -qy --no-install-recommends "${@:2}"
}

# The bundled SQLite and the TLS library are C. Rust itself needs a linker, so there is nearly always a compiler.
need_c_compiler() {
    need cc gcc libc6-dev
}

# The servers for the tests of the stores. The tests start them, on free ports.
need_servers() {
    need redis-server redis-server
    need_postgres
    need faketime faketime
}

# Debian keeps its programs outside PATH.
need_postgres() {
    [ -n "$(find /usr/lib/postgresql -name initdb 2>/dev/null)" ] || need initdb postgresql
}

# Prints cargo's target folder.
target_folder() {
    cargo metadata --locked --no-deps --format-version 1 | sed 's/.*"target_directory":"\([^"]*\)".*/\1/'
}
