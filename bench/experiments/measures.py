"""What tables show of stored results. Queries are without the seed's own, as the paper counts."""
from __future__ import annotations

import math
import statistics
from dataclasses import dataclass

from tables import Bound, Capped


@dataclass(frozen=True)
class Measured:
    """All run seeds of one method on one pair."""
    results: list[dict]

    @property
    def ends(self) -> list[list]:
        return [end for r in self.results for end in r["ends"]]

    @property
    def searched(self) -> int:
        return len(self.ends)

    @property
    def found(self) -> int:
        return sum(end[1] == "found" for end in self.ends)

    @property
    def success(self) -> float:
        return self.found / self.searched

    @property
    def queries(self) -> list[int]:
        return [end[2] - 1 for end in self.ends]

    @property
    def seconds(self) -> list[float]:
        """Each seed's share of its batches' time, its own work included."""
        return [end[3] for end in self.ends]

    def mean(self, values: list) -> float | Bound:
        """Over all searched seeds; a search that ended without a finding would have gone on."""
        mean = statistics.mean(values)
        return mean if self.found == self.searched else Bound(mean)

    @property
    def mean_queries(self) -> float | Bound:
        return self.mean(self.queries)

    @property
    def mean_seconds(self) -> float | Bound:
        return self.mean(self.seconds)

    def by_seed(self, column: int) -> dict[int, float]:
        """Mean over the run seeds, by seed: 2 queries, 3 seconds."""
        values: dict[int, list] = {}
        for end in self.ends:
            values.setdefault(end[0], []).append(end[column])
        return {seed: statistics.mean(v) for seed, v in values.items()}


def on_shared_seeds(a: Measured, b: Measured) -> tuple[Measured, Measured]:
    """Both, on the seeds that both searched: limits may give a slow method fewer."""
    seeds = {end[0] for end in a.ends} & {end[0] for end in b.ends}
    parts = [[{**r, "ends": [e for e in r["ends"] if e[0] in seeds]} for r in x.results] for x in (a, b)]
    return Measured(parts[0]), Measured(parts[1])


def plain(value: float | Bound | Capped) -> float:
    return value.value if isinstance(value, (Bound, Capped)) else value


def weakest(value: float, of: list) -> float | Bound | Capped:
    """A mean of values says no more than the least certain of them."""
    if any(isinstance(v, Capped) for v in of):
        return Capped(value)
    return Bound(value) if any(isinstance(v, Bound) for v in of) else value


def ratio(above: float | Bound, below: float | Bound) -> float | Bound | Capped | None:
    """A bound where only the upper one is; capped where the lower one is a bound."""
    if plain(below) == 0:
        return None
    value = plain(above) / plain(below)
    if isinstance(below, Bound):
        return Capped(value)
    return Bound(value) if isinstance(above, Bound) else value


def wilcoxon(a: Measured, b: Measured, column: int = 2) -> float | None:
    """p of the two-sided signed-rank test over seeds, each the mean of its run seeds. Unknown below 6 seeds."""
    from scipy import stats  # slow to load

    left, right = (x.by_seed(column) for x in on_shared_seeds(a, b))
    differences = [left[s] - right[s] for s in sorted(left)]
    if len(differences) < 6 or not any(differences):
        return None
    return float(stats.wilcoxon(differences).pvalue)


def pearson(x: list[float], y: list[float]) -> tuple[float, float] | None:
    """r and its two-sided p; unknown for fewer than 3 points or no spread."""
    from scipy import stats

    if len(x) < 3 or len(set(x)) == 1 or len(set(y)) == 1:
        return None
    found = stats.pearsonr(x, y)
    return float(found.statistic), float(found.pvalue)


def geometric_mean(values: list[float]) -> float | None:
    positive = [v for v in values if v > 0]
    return math.exp(statistics.mean(map(math.log, positive))) if positive else None
