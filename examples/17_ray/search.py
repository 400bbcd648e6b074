"""A search on two workers of this machine, or on a cluster."""

import sys

import ray

import dflare

if __name__ == "__main__":
    address = sys.argv[2] if len(sys.argv) > 2 else None
    ray.init(address, num_cpus=None if address else 2, log_to_driver=False, include_dashboard=None if address else False)
    run = dflare.ray.search(
        "examples/models/digits-lenet5.onnx",
        "examples/models/digits-lenet5-int8.onnx",
        "examples/seeds/digits",
        preprocess="unit",
        max_seeds=40,
        max_queries=300,
        out=sys.argv[1],
    )
    print(run.summary["found"], "of", run.summary["searched"], "inputs have a finding")
