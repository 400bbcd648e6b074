"""An operator of one's own in the paper's search: fog, beside the seven that there are."""

import dflare


def fog(image, rng):
    """A mutant of an image, uint8 height x width x channels."""
    density = rng.uniform(0, 0.3)
    return image + density * (rng.uniform(180, 255) - image)


pair = ("examples/models/digits-lenet5.onnx", "examples/models/digits-lenet5-int8.onnx", "examples/seeds/digits")
for operators in ("paper", ["paper", fog], [fog]):
    run = dflare.search(*pair, preprocess="unit", strategy="dflare", operators=operators, max_seeds=40, max_queries=200)
    print(f"{run.options['operators']:16} {len(run)} findings from 40 inputs, {run.summary['queries']['mean']:.0f} queries an input")
