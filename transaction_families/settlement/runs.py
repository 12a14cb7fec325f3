"""The two runs of a period behind one payload. Anybody may send it once a run is due."""

from transaction_families.handler import PublicKey
from transaction_families.settlement.final_run import process_final_run
from transaction_families.settlement.payload import RunSettlement
from transaction_families.settlement.preliminary_run import process_preliminary_run
from transaction_families.settlement.state import RunKind
from transaction_families.state_view import Changes, StateView


def process_run_settlement(state: StateView, tx: RunSettlement, _: PublicKey) -> Changes:
    """Carry out the next slice of a run; see there for what it returns and raises."""
    match tx.run:
        case RunKind.PRELIMINARY:
            return process_preliminary_run(state, tx.period)
        case RunKind.FINAL:
            return process_final_run(state, tx.period)
