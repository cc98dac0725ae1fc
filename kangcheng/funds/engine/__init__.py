"""The benefit engine: one definition, two implementations, same pack, same fen.

Pure code: no Django, no database, no clock. `definition` says what a rule is, `facts` what a claim brings,
`result` what comes out; `reference` is the slow obvious implementation, `compiled` the fast one.
"""
