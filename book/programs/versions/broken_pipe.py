"""What does Python do with SIGPIPE, and what do its child programs do?"""
import signal
import subprocess


def ignored(restore):
    text = subprocess.run(["cat", "/proc/self/status"], capture_output=True,
                          text=True, restore_signals=restore).stdout
    bits = int(text.partition("SigIgn:")[2].split()[0], 16)
    return "ignored" if bits & 1 << signal.SIGPIPE - 1 else "default"


ours = signal.getsignal(signal.SIGPIPE) == signal.SIG_IGN
print("in Python:", "ignored" if ours else "default", end="; ")
print(f"in a child program: {ignored(True)};", end=" ")
print(f"with restore_signals=False: {ignored(False)}")
