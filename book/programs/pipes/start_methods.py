"""What a child of multiprocessing has of its parent's variables."""

import multiprocessing

word = "from the file"


def say(method: str) -> None:
    print(f"{method:10} {word}")


if __name__ == "__main__":
    word = "changed by the parent"
    for method in ("fork", "spawn", "forkserver"):
        context = multiprocessing.get_context(method)
        child = context.Process(target=say, args=(method,))
        child.start()
        child.join()
