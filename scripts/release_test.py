#!/usr/bin/env python3
"""Releases in a copy of the repository, and looks at the outcome. Nothing is built: stubs log the calls of the build scripts.

Run by `scripts/release --self-test`.
"""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import tomllib
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
CRATES = sorted(path.parent.name for path in ROOT.glob("crates/*/Cargo.toml"))
STUB = '#!/bin/sh\necho "$0 $*" >>"$LOG"\n[ ! -e "$LOG.fail" ] || ! grep -qxF "$0" "$LOG.fail"\n'
DATE = "2030-01-02"


class Release(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.template = pathlib.Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.template)
        cls().prepare()

    def prepare(self):
        """One repository, which each test gets a copy of."""
        self.enter(self.template)
        self.copy_the_work_tree()
        self.begin_at("0.1.0")
        for script in [".ci/run", "scripts/semver", "scripts/package"]:
            (self.clone / script).write_text(STUB)
        self.fill_in("https://example.test/qrhook")
        for crate in CRATES:
            self.note(crate, "- Something that users see.")
        (self.clone / "docs/shown.md").write_text('qrhook-axum = { version = "0.1" }\nqrhook = "0.1"\n')
        self.commit()

    def setUp(self):
        folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, folder)
        self.enter(folder)
        shutil.copytree(self.template / "clone", self.clone, symlinks=True)

    def enter(self, folder):
        self.folder = folder
        self.clone = folder / "clone"
        self.log = folder / "log"
        self.log.touch()
        self.environment = {**os.environ, "LOG": str(self.log), "GIT_CONFIG_GLOBAL": os.devnull}
        # Git sets these when it runs a hook.
        for name in [name for name in self.environment if name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")]:
            del self.environment[name]
        for role in ["AUTHOR", "COMMITTER"]:
            self.environment |= {f"GIT_{role}_NAME": "Test", f"GIT_{role}_EMAIL": "test@example.invalid"}

    def copy_the_work_tree(self):
        """With what is not committed yet, and without the tags."""
        listed = self.git("ls-files", "-z", "--cached", "--others", "--exclude-standard", folder=ROOT)
        for name in filter(os.path.lexists, (ROOT / name for name in listed.split("\0") if name)):
            copy = self.clone / name.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(name, copy, follow_symlinks=False)
        self.git("init", "--quiet")

    def begin_at(self, version):
        """The same state, whatever was released of the real crates."""
        for crate in CRATES:
            current = self.version(crate)
            for path, found in [
                (f"crates/{crate}/Cargo.toml", rf'^version = "{current}"$'),
                ("Cargo.toml", rf'^{crate} = \{{ version = "{current}"'),
                ("Cargo.lock", rf'^name = "{crate}"\nversion = "{current}"$'),
                ("benches/Cargo.lock", rf'^name = "{crate}"\nversion = "{current}"$'),
            ]:
                replaced = re.sub(found, lambda match: match[0].replace(current, version), self.read(path), flags=re.M)
                (self.clone / path).write_text(replaced)

    def git(self, *arguments, folder=None):
        return subprocess.check_output(
            ["git", *arguments], cwd=folder or self.clone, env=os.environ if folder else self.environment, text=True).rstrip("\n")

    def commit(self):
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "the state before")

    def release(self, *arguments):
        done = subprocess.run(["scripts/release", *arguments, "--date", DATE], cwd=self.clone, env=self.environment,
                              capture_output=True, text=True)
        self.output = done.stdout + done.stderr
        return done.returncode

    def read(self, path):
        return (self.clone / path).read_text()

    def fill_in(self, address):
        text = re.sub(r'^repository = ".*"$', f'repository = "{address}"', self.read("Cargo.toml"), flags=re.M)
        (self.clone / "Cargo.toml").write_text(text)
        starter = self.clone / "crates/qrhook-cli/src/command/init/starter.rs"
        starter.write_text(starter.read_text().replace("const PUBLISHED: bool = false", "const PUBLISHED: bool = true"))

    def note(self, crate, line):
        path = self.clone / "crates" / crate / "CHANGELOG.md"
        path.write_text(path.read_text().replace("## Unreleased\n", f"## Unreleased\n\n{line}\n", 1))

    def version(self, crate):
        return tomllib.loads(self.read(f"crates/{crate}/Cargo.toml"))["package"]["version"]

    def ran(self):
        return self.log.read_text().splitlines()

    def assert_nothing_changed(self, head):
        self.assertEqual(self.git("rev-parse", "HEAD"), head)
        self.assertEqual(self.git("status", "--porcelain"), "")

    def refused(self, *arguments, because):
        head, tags = self.git("rev-parse", "HEAD"), self.git("tag", "--list")
        status = self.git("status", "--porcelain")
        self.assertEqual(self.release(*arguments), 1, self.output)
        self.assertIn(because, self.output)
        self.assertEqual([self.git("rev-parse", "HEAD"), self.git("tag", "--list")], [head, tags])
        self.assertEqual(self.git("status", "--porcelain"), status)

    def test_all_crates_get_their_first_version(self):
        self.assertEqual(self.release("all", "0.1.0"), 0, self.output)
        self.assertEqual(self.git("status", "--porcelain"), "")
        self.assertEqual(self.git("show", "--no-patch", "--format=%s"), "Release 0.1.0 of all crates")
        self.assertEqual(self.git("tag", "--points-at", "HEAD").split(), sorted(f"{crate}-v0.1.0" for crate in CRATES))
        for crate in CRATES:
            self.assertEqual(self.version(crate), "0.1.0")
            changelog = self.read(f"crates/{crate}/CHANGELOG.md")
            self.assertIn(f"## Unreleased\n\n## 0.1.0 - {DATE}\n\n- Something that users see.\n", changelog)
        printed = re.findall(r"cargo publish --locked --package (\S+)", self.output)
        self.assertEqual(self.ran(), [".ci/run ", f"scripts/semver {' '.join(printed)}", "scripts/package "])
        self.assertEqual(sorted(printed), CRATES)
        for crate in CRATES:
            for dependency in tomllib.loads(self.read(f"crates/{crate}/Cargo.toml"))["dependencies"]:
                if dependency in CRATES:
                    self.assertLess(printed.index(dependency), printed.index(crate), "published in this order")

    def test_one_crate_is_bumped_everywhere(self):
        self.assertEqual(self.release("qrhook-axum", "0.2.0", "--checked"), 0, self.output)
        self.assertEqual(self.version("qrhook-axum"), "0.2.0")
        self.assertEqual(self.version("qrhook"), "0.1.0")
        self.assertEqual(self.git("tag", "--list"), "qrhook-axum-v0.2.0")
        required = tomllib.loads(self.read("Cargo.toml"))["workspace"]["dependencies"]
        self.assertEqual(required["qrhook-axum"]["version"], "0.2.0")
        self.assertEqual(required["qrhook"]["version"], "0.1.0")
        for lock in ["Cargo.lock", "benches/Cargo.lock"]:
            packages = tomllib.loads(self.read(lock))["package"]
            found = {package["name"]: package["version"] for package in packages if package["name"].startswith("qrhook")}
            self.assertEqual((found["qrhook-axum"], found["qrhook"]), ("0.2.0", "0.1.0"), lock)
        self.assertEqual(self.read("docs/shown.md"), 'qrhook-axum = { version = "0.2" }\nqrhook = "0.1"\n')
        self.assertEqual(self.ran(), ["scripts/semver qrhook-axum", "scripts/package "])
        self.assertIn("qrhook-cli depends on qrhook-axum: release it too", self.output)
        self.assertEqual(re.findall(r"cargo publish --locked --package (\S+)", self.output), ["qrhook-axum"])

        # A version cannot be released twice, and a second release needs new changes.
        self.refused("qrhook-axum", "0.2.0", "--checked", because="qrhook-axum 0.2.0 is released")
        self.refused("qrhook-axum", "0.2.1", "--checked", because="nothing under `Unreleased`")
        self.note("qrhook-axum", "- A repair.")
        self.commit()
        self.refused("qrhook-axum", "0.1.9", "--checked", because="is at 0.2.0 already")
        self.assertEqual(self.release("qrhook-axum", "0.2.1", "--checked"), 0, self.output)
        self.assertNotIn("release it too", self.output)
        self.assertIn(f"## 0.2.1 - {DATE}\n\n- A repair.\n\n## 0.2.0 - {DATE}\n", self.read("crates/qrhook-axum/CHANGELOG.md"))

    def test_a_dry_run_shows_the_change_and_makes_none(self):
        head = self.git("rev-parse", "HEAD")
        self.assertEqual(self.release("qrhook-cli", "0.1.1", "--dry-run"), 0, self.output)
        self.assertIn('-version = "0.1.0"\n+version = "0.1.1"\n', self.output)
        self.assertIn(f"+## 0.1.1 - {DATE}\n", self.output)
        self.assertIn("tags: qrhook-cli-v0.1.1\n", self.output)
        self.assert_nothing_changed(head)
        self.assertEqual((self.ran(), self.git("tag", "--list")), ([], ""))

    def test_what_is_in_the_way_is_named(self):
        self.refused("qrhook-nothing", "0.2.0", because="no published crate is called qrhook-nothing")
        self.refused("qrhook-tests", "0.2.0", because="no published crate is called qrhook-tests")
        self.refused("qrhook", "0.2", because="0.2 is not a version")
        self.refused("qrhook", "0.1.0-rc.1", because="qrhook is at 0.1.0 already")
        (self.clone / "README.md").write_text("changed\n")
        self.refused("qrhook", "0.2.0", because="the work tree is not clean")
        self.git("checkout", "--quiet", ".")
        self.fill_in("https://example.invalid/qrhook")
        self.commit()
        self.refused("qrhook", "0.2.0", because="`repository` in Cargo.toml is not filled in")
        self.assertEqual(self.ran(), [])

    def test_headings_alone_are_no_content(self):
        path = self.clone / "crates/qrhook-redis/CHANGELOG.md"
        path.write_text("# Changelog\n\n## Unreleased\n\n### Added\n\n## 0.0.1 - 2029-01-01\n\n- Older.\n")
        self.commit()
        self.refused("all", "0.2.0", because="crates/qrhook-redis/CHANGELOG.md has nothing under `Unreleased`")

    def test_a_check_that_fails_leaves_everything_as_it_was(self):
        for check in [".ci/run", "scripts/semver", "scripts/package"]:
            (self.folder / "log.fail").write_text(check)
            self.refused("qrhook", "0.2.0", because=f"{check}")


if __name__ == "__main__":
    unittest.main(verbosity=2)
