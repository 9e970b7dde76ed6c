"""`setup.sh` and `arm.sh` where something is lacking. The Pythons here are stand-ins that note what they are asked."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
C_PART = "ipclab/mechanisms/_mq.c"

STAND_IN = """#!/bin/sh
echo "$*" >> "{log}"
case "$*" in
  *version_info*) exit {too_old} ;;
  *"import venv"*) exit {no_venv} ;;
  *sys.base_prefix*) echo "3.11 {version}" ;;
  "-m venv"*) mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
esac
"""


@pytest.fixture
def machine(tmp_path):
    """A folder with setup.sh, and a PATH with no Python but the stand-in."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "ipclab/mechanisms").mkdir(parents=True)
    for name in ("setup.sh", "requirements.txt", "pyproject.toml", C_PART):
        shutil.copy(ROOT / name, tmp_path / name)
    for tool in ("sh", "dirname", "uname", "cat", "cksum", "mkdir", "cp", "rm"):
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool))
    return Machine(tmp_path)


class Machine:
    def __init__(self, folder: Path):
        self.folder, self.log = folder, folder / "log"

    def program(self, name: str, text: str) -> None:
        path = self.folder / "bin" / name
        path.unlink(missing_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def python(self, too_old=0, no_venv=0, version=1) -> None:
        self.program("python3", STAND_IN.format(log=self.log, too_old=too_old, no_venv=no_venv, version=version))

    def setup(self) -> subprocess.CompletedProcess:
        self.log.unlink(missing_ok=True)
        return subprocess.run(["./setup.sh"], cwd=self.folder, text=True, capture_output=True,
                              env={"PATH": str(self.folder / "bin")})

    @property
    def installed(self) -> bool:
        return "pip install" in self.log.read_text()


def one_sentence(result: subprocess.CompletedProcess) -> str:
    assert result.returncode == 1
    assert result.stdout == "" and len(result.stderr.splitlines()) == 1
    return result.stderr


def test_too_old_a_python(machine):
    machine.python(too_old=1)
    assert "no Python 3.11 or newer" in one_sentence(machine.setup())


def test_no_python_at_all(machine):
    assert "no Python 3.11 or newer" in one_sentence(machine.setup())


def test_no_venv(machine):
    machine.python(no_venv=1)
    assert "apt install python3-venv" in one_sentence(machine.setup())


@pytest.mark.parametrize("system", ["Darwin", "MINGW64_NT-10.0"])
def test_another_system(machine, system):
    machine.python()
    machine.program("uname", f"#!/bin/sh\necho {system}\n")
    assert "Linux virtual machine" in one_sentence(machine.setup())


def test_a_second_run_installs_nothing(machine):
    machine.python()
    assert machine.setup().returncode == 0 and machine.installed
    assert machine.setup().returncode == 0 and not machine.installed


def test_another_requirement_or_python_installs_again(machine):
    machine.python()
    machine.setup()
    with (machine.folder / "requirements.txt").open("a") as file:
        file.write("six\n")
    machine.setup()
    assert machine.installed
    machine.python(version=2)
    machine.setup()
    assert machine.installed


def test_a_new_compiler_installs_again_and_so_does_another_c_part(machine):
    machine.python()
    machine.setup()
    machine.program("cc", "#!/bin/sh\n")
    machine.setup()
    assert machine.installed
    with (machine.folder / C_PART).open("a") as file:
        file.write("/* changed */\n")
    machine.setup()
    assert machine.installed


def test_a_run_that_was_cut_off_starts_again(machine):
    machine.python()
    machine.setup()
    (machine.folder / ".venv" / "installed").unlink()
    machine.setup()
    assert machine.installed


def test_make_alone_lists_what_there_is():
    shown = subprocess.run(["make"], cwd=ROOT, text=True, capture_output=True, check=True,
                           env={**os.environ, "MAKEFLAGS": ""}).stdout
    assert all(f"make {target}" in shown for target in ("book", "test", "serve", "lab", "stress", "bench"))


@pytest.mark.parametrize("user, lacking", [(1000, "only root"), (0, "debootstrap is missing; install it")])
def test_what_the_emulated_arm_machine_lacks(machine, user, lacking):
    machine.program("id", f"#!/bin/sh\necho {user}\n")
    said = subprocess.run([shutil.which("bash"), ROOT / "tests" / "arm.sh"], text=True, capture_output=True,
                          env={"PATH": str(machine.folder / "bin")})
    assert lacking in one_sentence(said)
