"""The steps of n = n + 1 on a global variable."""
import dis


def add():
    global n
    n = n + 1


code = list(dis.get_instructions(add))
first = next(i for i, step in enumerate(code) if step.opname == "LOAD_GLOBAL")
last = next(i for i, step in enumerate(code) if step.opname == "STORE_GLOBAL")
print(" ".join(step.opname for step in code[first:last + 1]))
