"""How fast is which mechanism, where, and why: two real processes, every round trip timed, on this machine."""
