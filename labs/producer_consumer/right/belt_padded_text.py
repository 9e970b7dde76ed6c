# text, filled up to 8 bytes
def semaphores():
    return {}


def put(loaf, s, belt):
    belt.send(f"{loaf:8}")


def take(s, belt):
    text = belt.receive().decode().strip()
    return None if text == "closed" else int(text)


def close(sellers, s, belt):
    for _ in range(sellers):
        belt.send("closed".ljust(8))
