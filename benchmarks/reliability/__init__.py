"""What must hold in every run: limits, intervals, nothing left behind, a first result early."""
