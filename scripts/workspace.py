"""Code that the Python scripts share: the published crates, according to cargo. Requires only Python 3."""

import json
import os
import subprocess

# The address in the manifest before somebody fills it in.
PLACEHOLDER = "example.invalid"


def metadata(*options, folder="."):
    command = ["cargo", "metadata", "--format-version", "1", *options]
    return json.loads(subprocess.check_output(command, cwd=folder))


def published(folder="."):
    """The published crates, each behind those that it depends on."""
    packages = metadata("--no-deps", "--offline", folder=folder)["packages"]
    waiting = {package["name"]: package for package in packages if package["publish"] != []}
    ordered = []
    while waiting:
        ready = [package for package in waiting.values() if not needs(package) & waiting.keys()]
        if not ready:
            raise SystemExit(f"these crates depend on each other in a circle: {', '.join(waiting)}")
        for package in sorted(ready, key=lambda package: package["name"]):
            ordered.append(waiting.pop(package["name"]))
    return ordered


def needs(package):
    """What a crate depends on by name. Its tests may depend on the crate itself."""
    return {dependency["name"] for dependency in package["dependencies"]} - {package["name"]}


def target_folder():
    return metadata("--no-deps", "--offline")["target_directory"]


def as_root_of_project(script):
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(script)), ".."))
