"""The registry family: what its payload can ask for."""

from typing import Final

from protos.fdpos_registry import fdpos_registry_pb2 as pb
from transaction_families.fdpos_registry import (
    challenge,
    closing,
    evidence,
    footprint,
    founding,
    payload,
    registration,
    service,
    stakes,
)
from transaction_families.fdpos_registry.state import FAMILY_NAME, NAMESPACE
from transaction_families.handler import Action, Family

FAMILY: Final = Family(
    FAMILY_NAME,
    "1.0",
    NAMESPACE,
    pb.FdposRegistryPayload,
    {
        payload.SetRegistryParameters: (
            "set_registry_parameters",
            Action(
                payload.SET_REGISTRY_PARAMETERS,
                founding.process_set_registry_parameters,
                footprint.of_set_registry_parameters,
            ),
        ),
        payload.RegisterCandidate: (
            "register_candidate",
            Action(
                payload.REGISTER_CANDIDATE,
                registration.process_register_candidate,
                footprint.of_register_candidate,
            ),
        ),
        payload.UpdateCandidate: (
            "update_candidate",
            Action(
                payload.UPDATE_CANDIDATE, registration.process_update_candidate, footprint.of_update_candidate
            ),
        ),
        payload.AddBond: (
            "add_bond",
            Action(payload.ADD_BOND, registration.process_add_bond, footprint.of_add_bond),
        ),
        payload.WithdrawCandidate: (
            "withdraw_candidate",
            Action(
                payload.WITHDRAW_CANDIDATE,
                registration.process_withdraw_candidate,
                footprint.of_withdraw_candidate,
            ),
        ),
        payload.ReleaseBond: (
            "release_bond",
            Action(payload.RELEASE_BOND, registration.process_release_bond, footprint.of_release_bond),
        ),
        payload.LockStake: (
            "lock_stake",
            Action(payload.LOCK_STAKE, stakes.process_lock_stake, footprint.of_lock_stake),
        ),
        payload.CastVotes: (
            "cast_votes",
            Action(payload.CAST_VOTES, stakes.process_cast_votes, footprint.of_cast_votes),
        ),
        payload.UnlockStake: (
            "unlock_stake",
            Action(payload.UNLOCK_STAKE, stakes.process_unlock_stake, footprint.of_unlock_stake),
        ),
        payload.ReleaseStake: (
            "release_stake",
            Action(payload.RELEASE_STAKE, stakes.process_release_stake, footprint.of_release_stake),
        ),
        payload.CommitWork: (
            "commit_work",
            Action(payload.COMMIT_WORK, challenge.process_commit_work, footprint.of_commit_work),
        ),
        payload.DrawOpening: (
            "draw_opening",
            Action(payload.DRAW_OPENING, challenge.process_draw_opening, footprint.of_draw_opening),
        ),
        payload.OpenWork: (
            "open_work",
            Action(payload.OPEN_WORK, challenge.process_open_work, footprint.of_open_work),
        ),
        payload.RecordService: (
            "record_service",
            Action(payload.RECORD_SERVICE, service.process_record_service, footprint.of_record_service),
        ),
        payload.ReportEquivocation: (
            "report_equivocation",
            Action(
                payload.REPORT_EQUIVOCATION,
                evidence.process_report_equivocation,
                footprint.of_report_equivocation,
            ),
        ),
        payload.CloseRound: (
            "close_round",
            Action(payload.CLOSE_ROUND, closing.process_close_round, footprint.of_close_round),
        ),
    },
)
