"""Keys, signatures and signed formats: who said what, and that nobody changed it.

Transactions and batches are Sawtooth's to the byte. Whoever receives them first has their form checked
(`decode_batch`), then their signatures (a `SignatureVerifier`); only both together make a batch that may be
executed. Everything else that the ledger signs, meter readings and checkpoints among it, is signed for one
named purpose (`tagged`).

Modules, from the bottom up:
    errors, limits, types: What can be wrong, how large things may be, and the values themselves.
    secp256k1: ECDSA on bytes, by libsecp256k1.
    keys, key_files: ``PrivateKey``, ``PublicKey``; reading and writing them as files.
    certificates: The TLS certificates of a network: ``make_authority``, ``issue_node``, ``issue_client``,
        ``read_identity``.
    tagged: ``Domain``, ``sign_tagged``, ``verify_tagged``.
    rules: The rules of form, each with its error.
    transactions: ``sign_transaction``, ``encode_transaction``, ``decode_transaction``.
    batches: ``sign_batch``, ``decode_batch``, ``encode_batch_list``, ``decode_batch_list``.
    verification: ``SignatureVerifier``, ``InlineVerifier``, ``submit_batches``.
    worker_pool: ``WorkerVerifier``.
    measurement: ``measure_verification_rate``.
"""
