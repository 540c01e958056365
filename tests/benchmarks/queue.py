"""How fast the first page of a moderator's queue is with a million reports; see `support/queue_page.py`.

The file bears the name of one of Python's own modules, and its folder comes first where the benchmarks
are run from: whoever imports `queue` beside it must get Python's.
"""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from sysconfig import get_path

if __name__ == "__main__":
    sys.path.append(sys.path.pop(0))
    from support.queue_page import main

    main()
else:
    spec = spec_from_file_location("queue", Path(get_path("stdlib")) / "queue.py")
    assert spec is not None
    assert spec.loader is not None
    sys.modules["queue"] = module_from_spec(spec)
    spec.loader.exec_module(sys.modules["queue"])
