"""Import and export of files: the appendix of a plan, workbooks, reports, calendars."""
