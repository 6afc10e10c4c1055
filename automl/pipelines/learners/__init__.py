"""Learners, one file each; `automl.pipelines.registry` lists them."""
