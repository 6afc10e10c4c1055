"""Questions asked of stored predictions, without fitting: ensembles, parts, the knowledge base."""
