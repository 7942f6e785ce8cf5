"""SQL to small pandas DataFrames of one tenant: aggregated by the database, money as int64 minor units."""
