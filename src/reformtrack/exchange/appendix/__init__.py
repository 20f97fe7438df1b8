"""The appendix of a plan: read from a spreadsheet, compared with the plan on record, imported."""
