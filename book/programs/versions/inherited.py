"""Which descriptors does an executed program get?"""
import os

reading, writing = os.pipe()
copies = {"pipe": reading, "dup": os.dup(reading),
          "dup2": os.dup2(reading, 99)}
print(", ".join(f"{name}: {'yes' if os.get_inheritable(fd) else 'no'}"
                for name, fd in copies.items()))
