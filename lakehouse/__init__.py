"""Everything that moves data outside dbt: sessions, contracts, sample data, ingestion, the CLI."""
