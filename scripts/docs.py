#!/usr/bin/env python3
"""Checks every code block of docs/ and README.md by its info string, every link of every Markdown file, and the names
of tests in the threat model.

| Info string | What is checked |
| --- | --- |
| sh | all of a page run in one `bash -e`, in order, in an empty folder, with `qrhook` on the PATH |
| text | each line is in the output of that; `..` stands for anything |
| sh,manual | `bash -n`, and the arguments of every `qrhook` in it |
| nginx | `nginx -t`, with certificates made on the spot |
| caddy | `caddy validate`, and that it is formatted |
| systemd | `systemd-analyze verify`, for all units of a page together; the first line names the file |
| dockerfile | instructions, stages, the packages that it builds, and the arguments of the command |
| toml | a part of a manifest: names, versions and features against the workspace and its lockfile |
| json | it can be parsed |
| rust | the page is part of the package in tests/, which compiles it |

Anything else fails, so that nothing is skipped silently. Needs Python 3.11 and nothing else.
"""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from pathlib import Path
from typing import NamedTuple

sys.dont_write_bytecode = True

from workspace import metadata as read_metadata

ROOT = Path.cwd()
QRHOOK = Path(sys.argv[1]).resolve()
# Anything that takes longer counts as hung.
PATIENCE = 300
SECRETS = ["QRSTUDIO_WEBHOOK_SECRET", "CODEQR_WEBHOOK_SECRET", "QRPLANET_SECRET_TOKEN", "QRHOOK_STORE", "QRHOOK_LOG"]
RUST = {"no_run", "should_panic", "compile_fail", "test_harness"}
INSTRUCTIONS = {
    "FROM", "RUN", "CMD", "LABEL", "EXPOSE", "ENV", "ADD", "COPY", "ENTRYPOINT", "VOLUME", "USER", "WORKDIR", "ARG", "STOPSIGNAL"
}


class Wrong(Exception):
    """A problem with a block."""


class Block(NamedTuple):
    page: Path
    line: int
    info: str
    text: str


def name(path):
    return str(path.relative_to(ROOT))


def run(command, **options):
    """Runs a command, and returns its exit code and what it printed."""
    options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True} | options
    done = subprocess.run(command, timeout=PATIENCE, **options)
    return done.returncode, done.stdout


def environment(folder):
    kept = {key: value for key, value in os.environ.items() if key not in SECRETS}
    path = f"{QRHOOK.parent}:/usr/sbin:/sbin:{kept['PATH']}"
    return kept | {"HOME": str(folder), "PATH": path, "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}


# --- Reading Markdown ---


FENCE = re.compile(r"^( *)(`{3,}|~{3,})(.*)$")


def split(page):
    """The code blocks of a page, and its text with the lines of the blocks left empty."""
    blocks, prose, fence = [], [], None
    for number, line in enumerate(page.read_text().splitlines(), 1):
        match = FENCE.match(line)
        if fence is None and match:
            fence = (match[2], len(match[1]), match[3].strip(), number, [])
        elif fence and match and match[2].startswith(fence[0]) and not match[3].strip():
            blocks.append(Block(page, fence[3], fence[2], "".join(f"{line}\n" for line in fence[4])))
            fence = None
        elif fence:
            indent = min(fence[1], len(line) - len(line.lstrip(" ")))
            fence[4].append(line[indent:])
        else:
            prose.append(line)
            continue
        prose.append("")
    if fence:
        raise Wrong(f"{name(page)}:{fence[3]}: an unclosed code block")
    return blocks, prose


def markdown_files():
    for folder, folders, files in os.walk(ROOT):
        folders[:] = sorted(it for it in folders if it not in {"target", ".git", "node_modules"})
        yield from (Path(folder, file) for file in sorted(files) if file.endswith(".md"))


# --- Shell ---


# Between two blocks, waits until a started program listens. At the end, stops all programs and waits for their output.
PRELUDE = """
set -e
# Only the page's programs get the signal, and bash prints nothing when they end.
finish() {{
    code=$?
    set +e
    jobs -p | while read -r job; do kill "$job" 2>/dev/null; done
    wait
    exit $code
}}
trap finish EXIT
settle() {{
    [ -n "$(jobs -pr)" ] || return 0
    for _ in $(seq 600); do
        (exec 3<>/dev/tcp/127.0.0.1/{port}) 2>/dev/null && return 0
        [ -n "$(jobs -pr)" ] || break
        sleep 0.1
    done
    echo "nothing is listening on the port"
    return 1
}}
"""


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def patient_qrhook(folder):
    """The command, with times that do not depend on the speed of the machine."""
    folder.mkdir()
    wrapper = folder / "qrhook"
    wrapper.write_text(
        f"""#!/bin/sh
case $1 in
listen | send) exec '{QRHOOK}' "$@" --patience 120 ;;
*) exec '{QRHOOK}' "$@" ;;
esac
"""
    )
    wrapper.chmod(0o755)


def run_page(page, blocks):
    """Runs the shell of one page, and looks for what the page says it prints."""
    port = free_port()
    moved = lambda text: re.sub(r"\b127\.0\.0\.1([:/])8080\b", rf"127.0.0.1\g<1>{port}", text)
    script = PRELUDE.format(port=port)
    for block in (block for block in blocks if block.info == "sh"):
        script += f"at={block.line}\n{moved(block.text)}settle\n"
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        (folder / "work").mkdir()
        patient_qrhook(folder / "bin")
        environ = environment(folder)
        environ["PATH"] = f"{folder}/bin:{environ['PATH']}"
        (folder / "page.sh").write_text(script)
        with (folder / "output").open("w") as output:
            child = subprocess.Popen(
                ["bash", str(folder / "page.sh")], cwd=folder / "work", env=environ, stdin=subprocess.DEVNULL,
                stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            )
            try:
                code = child.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                code = "none: it hangs"
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        output = (folder / "output").read_text()
    if code != 0:
        raise Wrong(f"its shell blocks end with exit code {code}:\n{output}")
    for block in (block for block in blocks if block.info == "text"):
        for line in moved(block.text).splitlines():
            pattern = re.compile(".*".join(re.escape(part) for part in line.rstrip().split("..")))
            if not any(pattern.fullmatch(printed.rstrip()) for printed in output.splitlines()):
                raise Wrong(f"line {block.line}: nothing prints `{line}`; the page prints:\n{output}")


def commands(text):
    """The words of every simple command in a shell text, those inside of `$(..)` too."""
    text = re.sub(r"\\\n", " ", text)
    for inner in re.findall(r"\$\(([^()]*)\)", text):
        yield from commands(inner)
    for line in text.splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        words = []
        for word in lexer:
            if set(word) <= set("|&;()<>"):
                yield words
                words = []
            else:
                words.append(word)
        yield words


def check_command(words):
    """Parses the arguments of a `qrhook`, in whatever way it is called."""
    while words and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*=.*", words[0], re.DOTALL):
        words = words[1:]
    if words[:2] == ["cargo", "run"] and "qrhook-cli" in words and "--" in words:
        words = ["qrhook", *words[words.index("--") + 1:]]
    if not words or words[0] != "qrhook":
        return 0
    arguments = words[1:]
    with tempfile.TemporaryDirectory() as folder:
        environ = environment(Path(folder))
        code, output = run([QRHOOK, *arguments, "--help"], env=environ)
        if code == 0 and arguments[:1] != ["demo"]:
            # `--help` works even if an argument is missing. So run the command itself too: without a secret, each one
            # ends at once.
            _, output = run([QRHOOK, *arguments], env=environ, cwd=folder)
            code = int("required arguments" in output)
    if code != 0:
        raise Wrong(f"`{shlex.join(words)}` is wrong usage:\n{output}")
    return 1


def check_shell(block):
    code, output = run(["bash", "-n"], input=block.text, stdin=None)
    if code != 0:
        raise Wrong(output)
    checked = sum(check_command(words) for words in commands(block.text))
    return f"{checked} x qrhook" if checked else "bash -n"


# --- Configuration of other programs ---


def certificate(folder):
    key, chain = folder / "key.pem", folder / "chain.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=hooks.example.com"]
    code, output = run([*command, "-keyout", str(key), "-out", str(chain)])
    if code != 0:
        raise Wrong(output)
    return key, chain


def check_nginx(block):
    """Checks the whole configuration, except for the paths of its files."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        key, chain = certificate(folder)
        text = re.sub(r"\bssl_certificate\s+\S+;", f"ssl_certificate {chain};", block.text)
        text = re.sub(r"\bssl_certificate_key\s+\S+;", f"ssl_certificate_key {key};", text)
        text = re.sub(r"\b(access_log|error_log|pid)\s+/\S+?([\s;])", rf"\1 {folder}/\1\2", text)
        temporary = "".join(f"{it}_temp_path {folder}/{it};\n" for it in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"])
        text = re.sub(r"\bhttp\s*\{", lambda match: f"{match[0]}\n{temporary}", text, count=1)
        if os.getuid() != 0:
            text = re.sub(r"(?m)^user\s+[^;]+;", "", text)
        file = folder / "nginx.conf"
        file.write_text(text)
        code, output = run(["nginx", "-t", "-p", str(folder), "-c", str(file)], env=environment(folder))
    if code != 0 or "[warn]" in output:
        raise Wrong(output)


def check_caddy(block):
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        file = folder / "Caddyfile"
        file.write_text(block.text)
        code, output = run(["caddy", "validate", "--adapter", "caddyfile", "--config", str(file)], env=environment(folder))
        if code != 0:
            raise Wrong(output)
        code, formatted = run(["caddy", "fmt", str(file)], env=environment(folder))
    if formatted != block.text:
        raise Wrong(f"`caddy fmt` formats it differently:\n{formatted}")


def check_units(blocks):
    """All units of a page, which may name each other. Their programs are not installed here."""
    with tempfile.TemporaryDirectory() as folder:
        folder, units = Path(folder), []
        for block in blocks:
            match = re.match(r"# /etc/systemd/system/(\S+)\n", block.text)
            if not match:
                raise Wrong(f"line {block.line}: the first line does not name the file, as in `# /etc/systemd/system/it.service`")
            file = folder / match[1]
            file.parent.mkdir(exist_ok=True)
            file.write_text(re.sub(r"(?m)^(ExecStart=)/usr/local/bin/\S+", rf"\1{QRHOOK}", block.text))
            if file.parent == folder:
                units.append(str(file))
        environ = environment(folder) | {"SYSTEMD_UNIT_PATH": f"{folder}:"}
        code, output = run(["systemd-analyze", "verify", "--man=no", *units], env=environ)
        # It also reports problems of this machine's units.
        ours = [line for line in output.splitlines() if str(folder) in line or any(Path(it).name in line for it in units)]
    if code != 0 or ours:
        raise Wrong(output)


def check_dockerfile(block):
    logical = re.sub(r"(?m)^\s*#.*\n", "", block.text)
    logical = re.sub(r"\\\n", " ", logical)
    stages, command = set(), {}
    for number, line in enumerate(line for line in logical.splitlines() if line.strip()):
        instruction, _, rest = line.strip().partition(" ")
        if instruction not in INSTRUCTIONS or (number == 0) != (instruction == "FROM" and not stages):
            raise Wrong(f"`{line}` does not belong here")
        if instruction == "FROM":
            stages.add(rest.split()[-1])
        elif instruction == "RUN":
            code, output = run(["bash", "-n"], input=rest, stdin=None)
            if code != 0:
                raise Wrong(output)
            for package in re.findall(r"cargo build .*--package (\S+)", rest):
                if package not in workspace()[0]:
                    raise Wrong(f"there is no package `{package}`")
        elif instruction == "COPY":
            for stage in re.findall(r"--from=(\S+)", rest):
                if stage not in stages:
                    raise Wrong(f"there is no stage `{stage}`")
        elif instruction in {"ENTRYPOINT", "CMD"}:
            command[instruction] = json.loads(rest)
    if check_command(command.get("ENTRYPOINT", []) + command.get("CMD", [])) != 1:
        raise Wrong("its command is not `qrhook`")


# --- Manifests ---


def workspace():
    """Version and features of each crate of the workspace, and of everything in its lockfile."""
    if not hasattr(workspace, "known"):
        metadata = read_metadata("--locked")
        ours, others = {}, {}
        for package in metadata["packages"]:
            known = ours if package["id"] in metadata["workspace_members"] else others
            known.setdefault(package["name"], []).append((package["version"], set(package["features"])))
        workspace.known = ours, others
    return workspace.known


def check_toml(block):
    try:
        manifest = tomllib.loads(block.text)
    except tomllib.TOMLDecodeError as error:
        raise Wrong(error) from None
    ours, others = workspace()
    for table, dependencies in manifest.items():
        if table not in {"dependencies", "dev-dependencies"}:
            raise Wrong(f"`{table}` is not a table of dependencies")
        for crate, wanted in dependencies.items():
            wanted = {"version": wanted} if isinstance(wanted, str) else wanted
            known = ours.get(crate) or others.get(crate)
            if not known:
                raise Wrong(f"`{crate}` is neither in the workspace nor in its lockfile")
            version = wanted.get("version", "none")
            fitting = [features for found, features in known if f"{found}.".startswith(f"{version}.")]
            if not fitting:
                raise Wrong(f"`{crate}` has the version {', '.join(found for found, _ in known)}, not {version}")
            missing = set(wanted.get("features", [])) - set().union(*fitting)
            if missing:
                raise Wrong(f"`{crate}` has no feature {', '.join(sorted(missing))}")


# --- Rust and JSON ---


def check_rust(block):
    library = ROOT / "tests/src/lib.rs"
    included = {(library.parent / path).resolve() for path in re.findall(r'include_str!\("([^"]+)"\)', library.read_text())}
    if block.page not in included:
        raise Wrong("tests/src/lib.rs does not include the page")
    unknown = set(block.info.split(",")[1:]) - RUST
    if unknown:
        raise Wrong(f"`{', '.join(sorted(unknown))}` is not allowed")


def check_json(block):
    try:
        json.loads(block.text)
    except json.JSONDecodeError as error:
        raise Wrong(error) from None


# --- Links ---


def heading_text(line):
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", line.lstrip("#").strip())
    return re.sub(r"[`*]", "", text)


def anchors(page):
    """The anchors of the headings, as a forge makes them."""
    seen, found = Counter(), set()
    for line in split(page)[1]:
        if re.match(r"#{1,6} ", line):
            slug = re.sub(r"[^\w\- ]", "", heading_text(line).lower()).replace(" ", "-")
            found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
            seen[slug] += 1
    return found


def links(prose):
    for number, line in enumerate(prose, 1):
        line = re.sub(r"(`+)(?:(?!\1).)+\1", lambda match: "x" * len(match[0]), line)
        for target in re.findall(r"\]\(<?([^)\s>]*)>?(?:\s+\"[^\"]*\")?\)", line):
            yield number, target
        definition = re.match(r" {0,3}\[[^\]]+\]:\s*<?([^\s>]+)", line)
        if definition:
            yield number, definition[1]


def check_link(page, target):
    if re.match(r"[a-z][a-z0-9+.-]*:", target):
        return False
    path, _, fragment = target.partition("#")
    file = (page.parent / path).resolve() if path else page
    if not file.exists():
        raise Wrong(f"`{target}` does not exist")
    if ROOT not in [file, *file.parents]:
        raise Wrong(f"`{target}` is outside of the repository")
    if fragment and file.suffix == ".md" and fragment not in anchors(file):
        raise Wrong(f"`{target}` names no heading of {name(file)}")
    return True


# --- All of it ---


EACH = {
    "sh,manual": check_shell, "nginx": check_nginx, "caddy": check_caddy, "dockerfile": check_dockerfile, "toml": check_toml,
    "json": check_json,
}
TOGETHER = {"sh", "text", "systemd"}


# --- Tests that a page names ---


TEST = re.compile(r"#\[(?:\w+::)*test\b[^\]]*\](?:\s*#\[[^\]]*\])*\s*(?:async )?fn (\w+)")


def check_named_tests(page):
    """Every name in a column "Shown by", the last one, must be a test. Returns their number."""
    files = [file for top in ("crates", "tests") for file in (ROOT / top).rglob("*.rs")]
    tests = {test for file in files for test in TEST.findall(file.read_text())}
    inside, named = False, []
    for line in split(page)[1]:
        if not line.startswith("|"):
            inside = False
        elif line.rstrip().endswith("| Shown by |"):
            inside = True
        elif inside:
            named += re.findall(r"`(\w+)`", line.rstrip(" |").rsplit("|", 1)[1])
    if not named:
        raise Wrong("it names no test")
    missing = sorted(set(named) - tests)
    if missing:
        raise Wrong(f"no such test: {', '.join(missing)}")
    return len(named)


def main():
    failures, counts = [], Counter()

    def check(where, what, function, *arguments):
        counts[what] += 1
        try:
            detail = function(*arguments)
        except (Wrong, ValueError, subprocess.TimeoutExpired) as error:
            failures.append(f"{where}: {what}: {error}")
            print(f"WRONG  {where}  {what}")
        else:
            print(f"ok     {where}  {what}{f': {detail}' if detail else ''}")

    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    for page in pages:
        blocks = split(page)[0]
        for block in blocks:
            where, kind = f"{name(page)}:{block.line}", block.info
            if kind.split(",")[0] == "rust":
                check(where, "rust", check_rust, block)
            elif kind in EACH:
                check(where, kind, EACH[kind], block)
            elif kind not in TOGETHER:
                failures.append(f"{where}: unknown info string `{kind}`")
        if any(block.info in {"sh", "text"} for block in blocks):
            check(name(page), f"{sum(block.info == 'sh' for block in blocks)} x sh, run", run_page, page, blocks)
        units = [block for block in blocks if block.info == "systemd"]
        if units:
            check(name(page), f"{len(units)} x systemd", check_units, units)

    summary = (ROOT / "docs/SUMMARY.md").read_text()
    for page in pages[1:]:
        inside = str(page.relative_to(ROOT / "docs"))
        if inside != "SUMMARY.md" and f"({inside})" not in summary:
            failures.append(f"{name(page)}: docs/SUMMARY.md does not list it")

    model = ROOT / "docs/threat-model.md"
    check(name(model), "named tests", check_named_tests, model)

    checked = 0
    for page in markdown_files():
        for number, target in links(split(page)[1]):
            try:
                checked += check_link(page, target)
            except Wrong as error:
                failures.append(f"{name(page)}:{number}: {error}")

    print(f"\n{sum(counts.values())} checks of code blocks, and {checked} links")
    print("\n".join(f"\nWRONG: {failure}" for failure in failures))
    sys.exit(bool(failures))


try:
    main()
except Wrong as error:
    # A page that cannot be read.
    sys.exit(f"WRONG: {error}")
