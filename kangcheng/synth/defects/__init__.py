"""Planted defects: what is wrong with the city on purpose, and where, so that checkers can be scored.

Each defect is written into the truth table with the finding a checker should raise. Traps look like defects and are none.
"""
