"""What every benchmark needs: tables, splits, scores, files of results, comparisons, pictures."""
