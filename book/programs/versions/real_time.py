"""Five real-time signals that were held back: what comes of them?"""
import os
import signal

RT, calls = signal.SIGRTMIN, []
signal.signal(RT, lambda *_: calls.append(1))
reading, writing = os.pipe()
os.set_blocking(writing, False)


def hold_back(five=5):
    signal.pthread_sigmask(signal.SIG_BLOCK, [RT])
    for _ in range(five):
        os.kill(os.getpid(), RT)


hold_back()
taken = 0
while signal.sigtimedwait([RT], 0):
    taken += 1
hold_back()
signal.set_wakeup_fd(writing)
signal.pthread_sigmask(signal.SIG_UNBLOCK, [RT])
signal.set_wakeup_fd(-1)
woken = len(os.read(reading, 99))
print(f"{taken} by sigtimedwait, {woken} bytes by wakeup fd,"
      f" {len(calls)} handler call")
