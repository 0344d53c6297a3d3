"""Where rows are kept: SQLite by default, PostgreSQL by URL."""
