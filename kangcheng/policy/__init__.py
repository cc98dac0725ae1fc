"""Policy packs: strict reading, kinds, citations, effective dates, releases. Pure: no Django, no database, no clock."""
