"""Settlement: what the meters say of a delivery period, and who pays whom for it.

Meters sign readings (``readings``), the grid company posts its prices (``tariff``). Some time after a period
has ended, a preliminary run writes every party's statement; a dispute window later the final run pays. Both
apply one pure computation, in three steps that each conserve what they handle:

- ``allocation`` says which metered energy belongs to which trade, and what is left to the grid company;
- ``billing`` turns energy into money, one statement for each party;
- ``payments`` turns statements into payments, one net amount for each party.

``preliminary_run`` and ``final_run`` read state, carry the plan out slice by slice and never fail once due.
"""
