"""How many orders has the bounded buffer? Counted, without trying one."""

from functools import cache

PUT = ["load at", "store slot", "store at"]
GET = ["load at", "load slot", "store slot", "store at"]
PRODUCER = 2 * ["P empty", "P mutex", *PUT, "V mutex", "V full"]
CONSUMER = 2 * ["P full", "P mutex", *GET, "V mutex", "V empty"]
PROCESSES = [PRODUCER, PRODUCER, CONSUMER, CONSUMER]


def orders(places):
    first = {"empty": places, "full": 0, "mutex": 1}

    def may_go_on(i, at):
        step = PROCESSES[i][at[i]:at[i] + 1]
        if not step or not step[0].startswith("P "):
            return bool(step)
        name = step[0][2:]
        done = [s for steps, n in zip(PROCESSES, at) for s in steps[:n]]
        return first[name] + done.count("V " + name) > done.count("P " + name)

    @cache
    def ways_on(at):
        """`at`: how many steps each process has done."""
        ways = [ways_on(at[:i] + (at[i] + 1,) + at[i + 1:])
                for i in range(len(at)) if may_go_on(i, at)]
        return sum(ways) or 1

    return ways_on((0, 0, 0, 0)), ways_on.cache_info().currsize


for places in (1, 2):
    ways, states = orders(places)
    print(f"places: {places}  orders: {ways:,}  states: {states:,}")
