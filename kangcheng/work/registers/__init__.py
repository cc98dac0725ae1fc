"""Registers (台账): typed ledgers described by pack entries."""
