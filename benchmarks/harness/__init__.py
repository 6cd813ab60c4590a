"""The parts that benchmarks share: a model, stores, processes, engines, figures."""
