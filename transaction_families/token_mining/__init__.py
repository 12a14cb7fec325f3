"""Token mining: participants earn tokens by the energy that they traded and metered, once a week.

Settlement adds each final run's volumes to the week in which it commits (``volumes``). When the week has
ended, anybody rolls it: ``difficulty`` gives the week's volume cap and threshold reward, ``rewards`` what
each participant gets, equations (2) to (10) of the paper in integers. Both are pure functions; the
preview ``wattdag mining simulate`` calls the same ones (``simulation``).
"""
