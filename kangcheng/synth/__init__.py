"""The synthetic city: a year of people, places, illness, bills and claims, drawn from a seed. Pure but for `load`.

`city.make` gives it as Arrow tables, `city.write` puts it straight into Parquet, `load.load_city` into the database.
Nothing in it is anybody: the division codes are assigned to no place, the phone numbers to no operator.
"""
