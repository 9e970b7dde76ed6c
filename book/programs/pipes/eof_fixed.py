"""The write end is closed by everybody: the reader sees the end."""

import os

r, w = os.pipe()
child = os.fork()
if child == 0:
    os.close(w)                         # the child only reads
    while data := os.read(r, 100):      # until the end of file
        print("the child reads", data)
    print("the child has seen the end")
    os._exit(0)

os.close(r)
os.write(w, b"all there is")
os.close(w)                             # nothing more will come
os.waitpid(child, 0)
