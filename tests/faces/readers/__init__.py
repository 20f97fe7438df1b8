"""
Readers: for each face, what it shows of a question, read back from what was rendered into the facts of `questions`.

They go by the structure of a face (tables, ids, keys), and by words only where those carry the fact.
"""
