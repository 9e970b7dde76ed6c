"""How does multiprocessing start a process unless told otherwise?"""
import multiprocessing

print(multiprocessing.get_start_method())
