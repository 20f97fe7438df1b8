"""
Events ⇄ bytes, and the eventsourcing application that keeps them. All imports of eventsourcing and of databases live here.
"""
