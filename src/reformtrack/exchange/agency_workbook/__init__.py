"""
The round trip with a lead agency: a workbook of its activities, which it fills in and sends back, and what it is answered.
"""

from reformtrack.exchange.agency_workbook.answering import answer_agency_workbook
from reformtrack.exchange.agency_workbook.returning import Returned, Taken, import_agency_workbook
from reformtrack.exchange.agency_workbook.sending import agency_workbook

__all__ = ["Returned", "Taken", "agency_workbook", "answer_agency_workbook", "import_agency_workbook"]
