"""Tables for tools that read tables: the views and the log as Parquet files."""

from reformtrack.analytics.export import ParquetExport

__all__ = ["ParquetExport"]
