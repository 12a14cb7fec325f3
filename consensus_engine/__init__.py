"""F-DPoS consensus: who sits, and in which order what they write enters the ledger.

The election (``election``) seats a committee for an epoch. Its members write vertices of a DAG; the commit
rule (``committer``, ``linearizer``, ``ordering``) reads one order out of it, the same at every node. ``core``
joins the rules into one machine without I/O: events in, effects out. ``simulation`` runs many such machines
in virtual time and tries to break them.
"""
