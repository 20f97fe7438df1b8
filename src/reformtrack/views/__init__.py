"""
Folds of records into answers. A view is a value: it holds what it was asked and the records that make it so.
"""
