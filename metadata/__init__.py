"""The knowledge base as it is built: what is run on which public tables, and what came out."""
