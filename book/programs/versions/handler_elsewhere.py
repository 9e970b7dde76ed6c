"""May another thread than the main one install a handler?"""
import signal
import threading


def install():
    try:
        signal.signal(signal.SIGUSR1, lambda *_: None)
        print("yes")
    except ValueError as error:
        print(f"ValueError: {error}")


thread = threading.Thread(target=install)
thread.start()
thread.join()
