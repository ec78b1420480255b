"""Faults of a connection: each one damages the response that would have been sent.

A fault is selected by a script step, {"fault": name, …}, in every double, or in faults.py by the first component of the path.
Faults marked REAL damage a real response: the request is processed (and charged) unless the step has "process": false.
"""

from __future__ import annotations

from typing import Any, Dict, List

from . import fault_answers, fault_lines
from .fault_registry import FAULTS, Line, linger_zero, read_away

__all__ = ["FAULTS", "Line", "fault_answers", "fault_lines", "linger_zero", "read_away", "table"]


def table() -> List[Dict[str, Any]]:
    return [{"name": n, "real": f.real, "when": f.when, "about": f.about} for n, f in FAULTS.items()]
