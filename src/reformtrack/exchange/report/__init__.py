"""An issued report as a document: Word, Excel, HTML and PDF."""
