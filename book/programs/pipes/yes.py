"""yes(1), whose reader goes: SIGPIPE restored, and ignored."""

import os
import subprocess

for restored in (True, False):
    r, w = os.pipe()
    yes = subprocess.Popen(["yes"], stdout=w, stderr=subprocess.PIPE,
                           restore_signals=restored, env={"LC_ALL": "C"})
    os.close(w)
    os.read(r, 10)
    os.close(r)                         # enough
    _, said = yes.communicate()
    print(f"restore_signals={restored}: {yes.returncode},",
          said.decode().strip() or "it said nothing")
