"""dflare finds inputs on which a model and its compressed version disagree.

    import dflare
    run = dflare.search("model.onnx", "model-int8.onnx", images, labels, preprocess="unit", max_queries=500)
    for finding in run:
        finding.input, finding.seed, finding.label_original, finding.label_compressed, finding.severity

Functions take the options of the command by the same names; help(dflare.search) lists them.
"""

from . import ray
from ._core import version as __version__
from .errors import BadArgument, BadInput, CannotWrite, Error, Interrupted, ModelFailed, NoUsableSeed, OperatorFailed, StrategyFailed
from .gate import Verdict, check, compare, profile, replay
from .learning import Learnt, guard, repair
from .merging import merge
from .model import Model
from .operators import Operator
from .reports import Report, inspect, rank
from .run import Finding, Run, load, report
from .search import Shown, export, resume, search, show
from .strategy import Answers, Seed, Strategy
from .tuning import Setting, Tuning, tune
from .working import Progress

__all__ = [
    "Answers",
    "BadArgument",
    "BadInput",
    "CannotWrite",
    "Error",
    "Finding",
    "Interrupted",
    "Learnt",
    "Model",
    "ModelFailed",
    "NoUsableSeed",
    "Operator",
    "OperatorFailed",
    "Progress",
    "Report",
    "Run",
    "Seed",
    "Setting",
    "Shown",
    "Strategy",
    "StrategyFailed",
    "Tuning",
    "Verdict",
    "__version__",
    "check",
    "compare",
    "export",
    "guard",
    "inspect",
    "load",
    "merge",
    "profile",
    "rank",
    "ray",
    "repair",
    "replay",
    "report",
    "resume",
    "search",
    "show",
    "tune",
]
