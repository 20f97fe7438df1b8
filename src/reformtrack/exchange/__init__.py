"""
Files in, files out: the appendix of a plan, workbooks, reports, calendars.
"""
