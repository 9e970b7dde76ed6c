"""Two programs that know nothing of each other but a name."""

import os
import stat
import subprocess
import tempfile

folder = tempfile.TemporaryDirectory()
name = os.path.join(folder.name, "news")
os.mkfifo(name)
print("its type and mode:", stat.filemode(os.stat(name).st_mode))

echo = subprocess.Popen(["sh", "-c", 'echo "it works" > "$0"', name])
cat = subprocess.run(["cat", name], capture_output=True, text=True)
echo.wait()
print("cat was told:     ", cat.stdout.strip())
folder.cleanup()
