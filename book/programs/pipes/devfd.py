"""A pipe for a file name: what <(command) is in a shell."""

import os
import subprocess


def as_file(*command: str) -> tuple[int, str]:
    """Start a command; a descriptor and a name for its output."""
    r, w = os.pipe()
    subprocess.Popen(command, stdout=w)
    os.close(w)
    return r, f"/dev/fd/{r}"


first, name_1 = as_file("printf", "apple\\nfig\\npear\\n")
second, name_2 = as_file("printf", "apple\\npear\\nplum\\n")
compared = subprocess.run(["comm", "-12", name_1, name_2],
                          pass_fds=(first, second),
                          capture_output=True, text=True)
print("comm was given the names", name_1, name_2)
print("in both:", *compared.stdout.split())
