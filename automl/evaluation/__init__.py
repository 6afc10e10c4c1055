"""From a configuration, a fidelity and a split to a result; runs inside a worker."""
