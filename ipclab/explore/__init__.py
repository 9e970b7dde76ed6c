"""Every interleaving of real processes, and every instant at which a signal can come: verdicts, stories, replays."""

from .crashes import Deaths, every_death, every_death_here
from .explorer import explore, explore_here, replay, replay_here
from .instants import Scenario, Sweep, every_instant, sweep_here
from .stepping import Stepper
from .system import System
from .verdict import NOT_FINISHED, PROVED, REFUTED, Verdict

__all__ = ["NOT_FINISHED", "PROVED", "REFUTED", "Deaths", "Scenario", "Stepper", "Sweep", "System", "Verdict",
           "every_death", "every_death_here", "every_instant", "explore", "explore_here", "replay", "replay_here",
           "sweep_here"]
