"""One stream for two programs: tee, and a FIFO for the second."""

import os
import subprocess
import tempfile

folder = tempfile.TemporaryDirectory()
os.mkfifo(os.path.join(folder.name, "copy"))
SCRIPT = """
grep -c a copy > counted &
printf 'apple\\nplum\\npear\\n' | tee copy | sort -r
wait
printf 'with an a: '; cat counted
"""
ran = subprocess.run(["sh", "-c", SCRIPT], cwd=folder.name,
                     capture_output=True, text=True)
print(ran.stdout, end="")
folder.cleanup()
