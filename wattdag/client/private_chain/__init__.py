"""A participant's private chain: an unbroken, hash-linked log of its trades in full (paper, section 2.4).

The participant's own program keeps it. Each entry is sealed to buyer, seller and regulator (``sealing``) and
committed to by a salted hash (``commitments``); the ledger holds an anchor of the links, never the details.
``chain`` writes, ``verification`` finds every entry that was changed, dropped, added or moved.
"""
