import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))       # model.py and systems.py, which several test files use
