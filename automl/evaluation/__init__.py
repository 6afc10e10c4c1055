"""From a configuration, a fidelity and a split to a result: metrics, limits, worker processes."""
