"""Who may do what at this node: read from the ledger's own state, denied unless a table allows it.

`participants` finds whose key a certificate carries, `methods` lists every method with the roles that may
call it, `access` joins the two into a `Caller`, and `visibility` says which records a caller may read.
"""
