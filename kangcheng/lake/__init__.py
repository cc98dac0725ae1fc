"""Analytics ground: declared columnar tables, their export from PostgreSQL to Parquet, and engines that question them.

Knows no domain and no Django. Each module declares its tables in its own `lake.py`; none holds a name, number, phone or address.
"""
