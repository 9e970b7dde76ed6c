"""A server that takes numbers and texts, and nothing else."""

import json
import os
import pickle


class Harmless:
    def __reduce__(self):               # what to do when it is unpickled
        return print, ("anything at all is done here, by the server",)


r, w = os.pipe()
if os.fork() == 0:                      # a client that nobody knows
    os.write(w, pickle.dumps(Harmless()))
    os._exit(0)
os.wait()
message = os.read(r, 4096)
try:
    print("received:", json.loads(message))
except ValueError:
    print("refused: that is no message")
