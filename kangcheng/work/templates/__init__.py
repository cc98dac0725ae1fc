"""Official documents filled from one row or case: numbered, stored, printed, revoked."""
