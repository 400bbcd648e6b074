"""An idea for a search, compared with the strategies that dflare has."""

import numpy as np

import dflare


class Turning(dflare.Strategy):
    """Shifts the digit about and keeps what brings both models nearer to the edge of its label."""

    proposals = 4

    def begin(self, seed, rng):
        self.rng, self.best, self.edge = rng, seed.image, np.inf

    def propose(self):
        return [np.roll(self.best, self.rng.integers(-1, 2, size=2), axis=(0, 1)) + self.noise() for _ in range(4)]

    def noise(self):
        return self.rng.normal(0, 16, self.best.shape)

    def observe(self, answers):
        edges = np.abs(answers.margin_original) + np.abs(answers.margin_compressed)
        nearest = int(np.argmin(edges))
        if edges[nearest] < self.edge:
            self.best, self.edge = answers.images[nearest], edges[nearest]


print(f"{'strategy':10} {'found':>9} {'queries a finding':>18}")
for strategy in (Turning, "random", "dflare", "boundary"):
    run = dflare.search(
        "examples/models/digits-lenet5.onnx",
        "examples/models/digits-lenet5-int8.onnx",
        "examples/seeds/digits",
        preprocess="unit",
        strategy=strategy,
        max_seeds=30,
        max_queries=300,
    )
    name = strategy if isinstance(strategy, str) else strategy.__name__
    queries = f"{np.median([finding.queries for finding in run]):.0f}" if len(run) else "-"
    print(f"{name:10} {len(run):3} of {run.summary['searched']:2} {queries:>18}")
