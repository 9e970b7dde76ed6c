"""The workflow and the container say what everybody types, on the Python and the packages that the README names."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/book.yml").read_text())
JOBS = WORKFLOW["jobs"]
DOCKERFILE = (ROOT / "binder/Dockerfile").read_text()
CODESPACE = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text())
README = (ROOT / "README.md").read_text()


def commands(job: str) -> list[str]:
    return [step["run"] for step in JOBS[job]["steps"] if "run" in step]


def test_the_workflow_tests_and_builds_by_the_commands_that_everybody_uses():
    assert commands("test") == [".ci/run"]
    assert [c for c in commands("build") if not c.startswith("cp ")] == [".ci/tools fonts-noto-cjk", "make book print"]
    assert set(JOBS["publish"]["needs"]) == {"test", "build"}
    assert JOBS["publish"]["if"] == "github.ref == 'refs/heads/main'"


def test_what_is_put_online_is_what_the_targets_build():
    (copied,) = [c for c in commands("build") if c.startswith("cp ")]
    *built, site = copied.removeprefix("cp ").split()
    (uploaded,) = [s["with"]["path"] for s in JOBS["build"]["steps"] if "upload-pages" in s.get("uses", "")]
    assert site.rstrip("/") == uploaded == "_build/html"
    assert all(f"file://$(CURDIR)/{file}" in (ROOT / "Makefile").read_text() for file in built)


@pytest.mark.parametrize("said", ["README.md", "CONTRIBUTING.md", "binder/Dockerfile", ".devcontainer/devcontainer.json",
                                  ".github/workflows/book.yml", ".ci/run"])
def test_every_target_that_is_named_exists(said):
    there = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    named = {word for line in re.findall(r"(?:^ {4}|`|: |\"|RUN |^)make ((?:[a-z]+ ?)+)", (ROOT / said).read_text(), re.M)
             for word in line.split()}
    assert named and named <= there


def test_one_python_everywhere_and_one_that_is_supported():
    images = [DOCKERFILE, JOBS["test"]["container"]["image"], JOBS["build"]["container"]["image"]]
    (version,) = {re.search(r"python:(\d+\.\d+)-", image)[1] for image in images}
    least = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"].removeprefix(">=")
    assert tuple(map(int, version.split("."))) >= tuple(map(int, least.split(".")))
    assert f"Python {least} or newer" in README


def test_the_packages_that_are_installed_are_those_that_the_readme_names():
    named = set(re.search(r"apt install ((?:[\w-]+ ?)+)\n", README)[1].split())
    by_ci = set(re.search(r"for package in (.+?) \"\$@\"", (ROOT / ".ci/tools").read_text())[1].split())
    in_the_container = set(re.search(r"apt-get install .*--no-install-recommends (.+?) \\", DOCKERFILE)[1].split())
    assert by_ci == named
    assert in_the_container - named == {"make", "git"}


def test_the_container_is_set_up_as_everybody_does_and_is_the_one_for_codespaces():
    assert "RUN make setup\n" in DOCKERFILE and CODESPACE["postCreateCommand"] == "make setup"
    assert (ROOT / ".devcontainer" / CODESPACE["build"]["dockerfile"]).samefile(ROOT / "binder/Dockerfile")


def test_what_is_there_is_not_installed_again(tmp_path):
    """Without apt-get on the PATH: it would be an error to ask for it."""
    for command in ("chromium", "libatomic1", "bwrap", "strace", "fonts-noto-cjk"):
        (tmp_path / command).write_text("#!/bin/sh\n")
        (tmp_path / command).chmod(0o755)
    tools = ["/bin/sh", ROOT / ".ci/tools"]
    assert subprocess.run([*tools, "fonts-noto-cjk"], env={"PATH": str(tmp_path)}).returncode == 0
    (tmp_path / "strace").unlink()
    missing = subprocess.run(tools, env={"PATH": str(tmp_path)}, capture_output=True, text=True)
    assert missing.returncode != 0 and "apt-get" in missing.stderr
