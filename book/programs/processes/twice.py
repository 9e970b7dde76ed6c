"""fork is called once and returns twice."""

import os

r, w = os.pipe()
answer = os.fork()
who = "child" if answer == 0 else "parent"
if who == "parent":
    os.waitpid(answer, 0)
line = f"{who}: I am {os.getpid()}, fork gave me {answer}\n"
os.write(w, line.encode())
if who == "child":
    os._exit(0)

child, parent = os.read(r, 200).decode().splitlines()
print(child, parent, sep="\n")
