"""Folds of records into answers. A view is a value: it holds the question and the records behind the answer."""
