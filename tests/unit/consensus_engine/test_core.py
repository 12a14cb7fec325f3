"""The core's steps one by one: what comes in, what is to be done."""

from dataclasses import replace

import pytest

from consensus_engine.core import Core
from consensus_engine.effects import (
    Alarm,
    CommitExecuted,
    LedgerBlock,
    MessageReceived,
    PayloadArrived,
    PayloadOffered,
    PayloadRefused,
    Tick,
)
from consensus_engine.log_records import CommitLogged, EpochBegan, Halted, VertexLogged
from consensus_engine.messages import (
    Announce,
    CertificateRequest,
    CommitRequest,
    CommitResponse,
    FetchRequest,
    FetchResponse,
    Status,
    StatusRequest,
)
from consensus_engine.parameters import LocalParameters
from consensus_engine.proposer import sign_vertex
from consensus_engine.request_budget import REFS_PER_SECOND_MAX
from consensus_engine.serving import Archive
from consensus_engine.simulation.keyring import SimulatedSigner, key_of
from consensus_engine.types import (
    NO_PAYLOAD,
    Bundle,
    CommitIndex,
    CommitVote,
    Digest,
    Epoch,
    Round,
    TimestampMs,
)
from consensus_engine.vertex_codec import make_vertex
from tests.helpers.cores import LOCAL, NOW_MS, Cluster, announced, genesis_parents, sent, vertex_of

BUNDLE = Bundle(Digest(b"b" * 32), 10)


def test_first_step_writes_the_head_and_the_first_vertex_before_sending_it() -> None:
    """Durable comes before sent: head and vertex are in the log, flushed, in the effects that send."""
    effects = Cluster().step(0, Tick())

    assert [type(record) for record in effects.persist] == [EpochBegan, VertexLogged]
    assert effects.flush
    assert [vertex.round for vertex in announced(effects)][:1] == [1]


def test_rounds_advance_and_commits_follow() -> None:
    """Four cores that hear each other commit the same sub-DAGs."""
    cluster = Cluster()
    cluster.run(12)

    heads = {
        (core.current.state.ordering.last_index, core.current.state.ordering.last_digest)
        for core in cluster.cores
    }
    assert len(heads) == 1
    assert cluster.cores[0].current.state.ordering.last_index >= 5


def test_round_without_its_leader_waits_for_the_timeout_and_no_longer() -> None:
    """Three of four are here; where the missing one leads, the timer lets the round pass."""
    cluster = Cluster()
    leaders = [cluster.context.leader_draw.ranking(Round(number))[0] for number in range(1, 30)]
    absent = leaders[0]
    cluster.run(2, deaf=[absent])
    waiting = (absent + 1) % 4
    assert cluster.cores[waiting].current.pacemaker.last_round == 1

    cluster.now_ms += LOCAL.leader_timeout_ms
    assert announced(cluster.step(waiting, Tick()))[0].round == 2


def test_missing_parent_suspends_a_vertex_and_is_fetched_from_its_holders_at_once() -> None:
    """The author of the parent is asked first; the vertex enters once the parent is here."""
    cluster = Cluster()
    core = cluster.cores[0]
    ones = [vertex_of(core, author, genesis_parents(core, author)) for author in (1, 2, 3)]
    two = vertex_of(core, 1, tuple(each.ref for each in ones), round_=2)
    cluster.tell(0, Announce(tuple(ones[:2])), sender=1)

    effects = cluster.tell(0, Announce((two,)), sender=1)

    assert sent(effects, FetchRequest, to=key_of(3)) == [FetchRequest((ones[2].ref,))]
    assert two.ref not in core.current.state.dag
    cluster.tell(0, FetchResponse((ones[2],)), sender=3)
    assert two.ref in core.current.state.dag


def test_unanswered_fetch_is_repeated_with_another_holder() -> None:
    """After the retry time the next holder is asked, with at most two requests in flight."""
    cluster = Cluster()
    core = cluster.cores[0]
    ones = [vertex_of(core, author, genesis_parents(core, author)) for author in (1, 2, 3)]
    cluster.tell(0, Announce((*ones[:2], vertex_of(core, 1, tuple(v.ref for v in ones), round_=2))), sender=1)
    asked = []
    for _ in range(5):
        cluster.now_ms += LOCAL.fetch_retry_ms
        asked += [send.to for send in cluster.step(0, Tick()).send if isinstance(send.message, FetchRequest)]

    assert asked == [key_of(1)]


def test_second_vertex_of_a_slot_is_evidence_and_enters_only_as_an_ancestor() -> None:
    """The twin stays out until somebody links to it; the proof goes into the next own vertex."""
    cluster = Cluster()
    core = cluster.cores[0]
    parents = genesis_parents(core, 3)
    one, twin = vertex_of(core, 3, parents), vertex_of(core, 3, parents, time_ms=NOW_MS + 1)
    others = [vertex_of(core, author, genesis_parents(core, author)) for author in (1, 2)]
    cluster.tell(0, Announce((one,)), sender=3)
    cluster.tell(0, Announce((twin,)), sender=3)
    assert twin.ref not in core.current.state.dag

    effects = cluster.tell(0, Announce(tuple(others)), sender=1)
    own = announced(effects)
    assert [evidence.first.author for vertex in own for evidence in vertex.evidence] == [3]

    child = vertex_of(core, 1, (others[0].ref, others[1].ref, twin.ref), round_=2)
    cluster.tell(0, Announce((child,)), sender=1)
    cluster.tell(0, FetchResponse((twin,)), sender=1)
    assert child.ref in core.current.state.dag


def test_flood_of_twins_does_not_enter_while_the_first_is_suspended() -> None:
    """A slot takes one vertex nobody asked for, also where its parents are still missing."""
    cluster = Cluster()
    core = cluster.cores[0]
    ones = [vertex_of(core, author, genesis_parents(core, author)) for author in (1, 2, 3)]
    parents = tuple(each.ref for each in ones)
    twins = tuple(vertex_of(core, 1, parents, round_=2, time_ms=NOW_MS + number) for number in range(30))

    cluster.tell(0, Announce(twins), sender=1)
    cluster.tell(0, Announce(tuple(ones)), sender=1)

    assert len(core.current.state.dag.at(Round(2), ones[0].author)) == 1


def test_vertex_far_ahead_is_dropped() -> None:
    """More than ``ahead_max`` rounds ahead of the clock: it would only fill memory."""
    cluster = Cluster()
    core = cluster.cores[0]
    parents = tuple(ref._replace(round=Round(999)) for ref in genesis_parents(core, 1))
    far = vertex_of(core, 1, parents, round_=1000)

    cluster.tell(0, Announce((far,)), sender=1)

    assert far.ref not in core.current.intake.suspension


def test_vertex_from_the_future_is_held_until_it_is_due() -> None:
    """Half a second of drift is borne; what is later waits for its time."""
    cluster = Cluster()
    core = cluster.cores[0]
    early = vertex_of(core, 1, genesis_parents(core, 1), time_ms=NOW_MS + 1500)

    effects = cluster.tell(0, Announce((early,)), sender=1)
    assert early.ref not in core.current.state.dag
    assert effects.wake_ms is not None
    assert effects.wake_ms <= NOW_MS + 1000

    cluster.now_ms = NOW_MS + 1000
    cluster.step(0, Tick())
    assert early.ref in core.current.state.dag


def test_vertex_waits_for_its_bundle_and_wants_it_fetched() -> None:
    """A missing bundle suspends a vertex exactly as a missing parent does."""
    cluster = Cluster()
    core = cluster.cores[0]
    bare = vertex_of(core, 1, genesis_parents(core, 1))
    loaded = sign_vertex(
        make_vertex(
            chain_id=bare.chain_id,
            epoch=bare.epoch,
            round=bare.round,
            author=bare.author,
            timestamp_ms=bare.timestamp_ms,
            parents=bare.parents,
            payload=BUNDLE,
        ),
        core.current.state,
    )
    event = MessageReceived(key_of(1), Epoch(0), Announce((loaded,)), frozenset({BUNDLE.digest}))

    effects = cluster.step(0, event)
    assert [wanted.digest for wanted in effects.fetch_payloads] == [BUNDLE.digest]
    assert loaded.ref not in core.current.state.dag
    cluster.step(0, PayloadArrived(BUNDLE.digest))
    assert loaded.ref in core.current.state.dag

    other = Cluster()
    other.step(0, event)
    alerts = other.step(0, PayloadRefused(BUNDLE.digest)).alerts
    assert [(alert.alarm, alert.peer) for alert in alerts] == [(Alarm.PEER_AT_FAULT, key_of(1))]


def test_offered_payload_rides_the_next_own_vertex_once() -> None:
    """It replaces what was offered before; taking it is said so that the next may be offered."""
    cluster = Cluster()
    cluster.cores[0].step(PayloadOffered(Bundle(Digest(b"a" * 32), 5)), NOW_MS)
    cluster = Cluster()
    cluster.cores[0].current.offer(Bundle(Digest(b"a" * 32), 5))

    effects = cluster.step(0, PayloadOffered(BUNDLE))

    assert effects.taken == BUNDLE
    assert announced(effects)[0].payload == BUNDLE
    cluster.run(3)
    own = [v for e in cluster.effects[0] for v in announced(e) if v.author == 0 and v.round == 2]
    assert own
    assert own[0].payload == NO_PAYLOAD


def test_invalid_vertex_marks_its_sender() -> None:
    """The alert names the peer, so that the network layer may drop it."""
    cluster = Cluster()
    core = cluster.cores[0]
    invalid = vertex_of(core, 1, genesis_parents(core, 1)[:2])

    alerts = cluster.tell(0, Announce((invalid,)), sender=2).alerts

    assert [(alert.alarm, alert.peer) for alert in alerts] == [(Alarm.PEER_AT_FAULT, key_of(2))]


def test_own_key_in_use_elsewhere_stops_writing() -> None:
    """A vertex with this node's signature that it did not write: another process has the key."""
    cluster = Cluster()
    core = cluster.cores[0]
    cluster.step(0, Tick())
    ones = [vertex_of(core, author, genesis_parents(core, author)) for author in (1, 2)]
    forged = vertex_of(core, 0, genesis_parents(core, 0), time_ms=NOW_MS + 5)
    child = vertex_of(core, 1, (ones[0].ref, ones[1].ref, forged.ref), round_=2)
    cluster.tell(0, Announce((*ones, child)), sender=1)
    last = core.current.pacemaker.last_round

    alerts = cluster.tell(0, FetchResponse((forged,)), sender=1).alerts

    assert [alert.alarm for alert in alerts] == [Alarm.KEY_IN_USE_ELSEWHERE]
    cluster.now_ms += 60_000
    assert not [v for v in announced(cluster.step(0, Tick())) if v.round > last]


def test_what_a_peer_has_not_shown_to_know_is_pushed_to_it_once() -> None:
    """Node 3 hears nothing; after the delay the others send it what it lacks, each vertex once."""
    cluster = Cluster(local=LocalParameters(min_round_delay_ms=0, keep_alive_ms=0, push_delay_ms=50))
    cluster.run(4, deaf=[3])
    cluster.now_ms += 50

    pushed = [m for m in sent(cluster.step(0, Tick()), Announce, to=key_of(3)) if isinstance(m, Announce)]
    refs = [vertex.ref for message in pushed for vertex in message.vertices]

    assert refs
    assert len(set(refs)) == len(refs)
    cluster.now_ms += 50
    again = [m for m in sent(cluster.step(0, Tick()), Announce, to=key_of(3)) if isinstance(m, Announce)]
    assert not {vertex.ref for message in again for vertex in message.vertices} & set(refs)


def test_requests_are_served_from_memory_and_the_rest_from_the_log() -> None:
    """What is accepted or suspended goes out at once; the driver looks the rest up."""
    cluster = Cluster()
    cluster.run(4)
    known = cluster.cores[0].current.state.dag.at(Round(1), cluster.context.genesis[1].author)[0].ref
    unknown = known._replace(digest=Digest(b"?" * 32))

    effects = cluster.tell(0, FetchRequest((known, unknown)), sender=2)

    assert [v.ref for m in sent(effects, FetchResponse) for v in m.vertices] == [known]  # type: ignore[union-attr]
    assert [serve.request for serve in effects.serve] == [FetchRequest((unknown,))]


def test_peer_that_asks_too_much_is_not_served() -> None:
    """The budget is per peer and second; another peer's is its own."""
    cluster = Cluster()
    cluster.run(4)
    ref = cluster.cores[0].current.state.dag.at(Round(1), cluster.context.genesis[1].author)[0].ref
    request = FetchRequest((ref,) * 32)
    served = [bool(sent(cluster.tell(0, request, sender=2), FetchResponse)) for _ in range(200)]

    assert served.count(True) == REFS_PER_SECOND_MAX // 32
    assert sent(cluster.tell(0, request, sender=3), FetchResponse)
    cluster.now_ms += 1000
    assert sent(cluster.tell(0, request, sender=2), FetchResponse)


def test_restart_goes_on_behind_the_last_own_vertex_and_repeats_nothing_executed() -> None:
    """The log gives DAG, commits and last own vertex; only commits that execution lacks are handed on."""
    cluster = Cluster()
    cluster.run(12)
    before = cluster.cores[0].current
    last_index = before.state.ordering.last_index
    executed = (Epoch(0), CommitIndex(last_index - 2))

    core = Core.restore(
        cluster.context, SimulatedSigner(0), LOCAL, cluster.logs[0], nonce=1, executed=executed
    )
    effects = core.step(Tick(), cluster.now_ms)

    assert core.current.state.ordering.last_digest == before.state.ordering.last_digest
    assert [sub_dag.commit.index for sub_dag in effects.commits][:2] == [last_index - 1, last_index]
    own = [v.round for v in announced(effects)]
    assert min(own) >= before.pacemaker.last_round


def test_records_that_a_repeated_rejoin_wrote_twice_are_taken_once() -> None:
    """A rejoin that is cut short leaves vertices and commits in the log, and the next one adds them again."""
    cluster = Cluster()
    cluster.run(12)
    head, *rest = cluster.logs[0]

    core = Core.restore(cluster.context, SimulatedSigner(0), LOCAL, [*rest, head, *rest], nonce=1)

    ordering = cluster.cores[0].current.state.ordering
    assert core.current.state.ordering.last_digest == ordering.last_digest
    assert not core.current.is_rejoining


def test_restart_without_a_head_asks_what_it_may_have_written_and_writes_nothing() -> None:
    """An empty log is amnesia; every other member is asked, with a nonce of this start."""
    cluster = Cluster()
    core = Core.restore(cluster.context, SimulatedSigner(0), LOCAL, [], nonce=77)

    effects = core.step(Tick(), NOW_MS)

    assert not announced(effects)
    assert {send.to for send in effects.send if send.message == StatusRequest(77)} == {
        key_of(1),
        key_of(2),
        key_of(3),
    }


def test_rejoining_node_writes_two_rounds_above_all_that_a_quorum_of_others_reports() -> None:
    """The replies' vertices must be here first; the log then gets the head it lacked."""
    cluster = Cluster()
    cluster.run(12)
    core = Core.restore(cluster.context, SimulatedSigner(0), LOCAL, [], nonce=77)
    cluster.cores[0] = core
    for record in cluster.logs[1]:
        if isinstance(record, VertexLogged):
            cluster.tell(0, FetchResponse((record.vertex,)), sender=1)
    assert core.current.is_rejoining

    for peer in (1, 2, 3):
        cluster.step(0, Tick())
        cluster.tell(0, cluster.cores[peer].current.status(77), sender=peer)

    assert not core.current.is_rejoining
    known = max(core.current.state.clock.round, core.current.state.dag.highest_round)
    assert core.current.pacemaker.round_min == known + 2
    assert any(isinstance(record, EpochBegan) for record in cluster.logs[0])


def test_stale_or_repeated_status_replies_do_not_end_a_rejoin() -> None:
    """Only first replies of distinct members to this start count."""
    cluster = Cluster()
    core = Core.restore(cluster.context, SimulatedSigner(0), LOCAL, [], nonce=77)
    reply = Status(Round(1), CommitIndex(0), Digest(bytes(32)), 77)
    for message, sender in (
        (reply, 1),
        (reply, 1),
        (reply, 0),
        (Status(Round(1), CommitIndex(0), Digest(bytes(32)), 5), 2),
        (reply, 9),
        (reply, 2),
    ):
        core.step(MessageReceived(key_of(sender), Epoch(0), message), NOW_MS)

    assert core.current.is_rejoining
    core.step(MessageReceived(key_of(3), Epoch(0), reply), NOW_MS)
    assert not core.current.is_rejoining


def synced_cluster() -> tuple[Cluster, CommitResponse]:
    """Return a cluster whose node 3 heard nothing, and a peer's answer that brings it forward."""
    cluster = Cluster(gc_depth=5)
    cluster.run(60, deaf=[3])
    cluster.now_ms += 10_000
    archive = Archive(Epoch(0), 3)
    for record in cluster.logs[0]:
        archive.add(record)
    response = archive.answer(CommitRequest(CommitIndex(1), CommitIndex(100)))
    assert isinstance(response, CommitResponse)
    return cluster, response


def offer_commits(cluster: Cluster, response: CommitResponse) -> list[Alarm]:
    """Let node 3 learn that peer 0 is ahead, ask it, and get the response; return the alarms."""
    status = cluster.cores[0].current.status()
    asked = cluster.tell(3, status, sender=0)
    assert sent(asked, CommitRequest, to=key_of(0))
    return [alert.alarm for alert in cluster.tell(3, response, sender=0).alerts]


def test_node_far_behind_takes_proven_commits_and_fetches_their_vertices() -> None:
    """Commits first, vertices by digest, and the node stands where the others stood."""
    cluster, response = synced_cluster()
    assert offer_commits(cluster, response) == []

    for record in cluster.logs[0]:
        if isinstance(record, VertexLogged):
            cluster.tell(3, FetchResponse((record.vertex,)), sender=0)

    assert cluster.cores[3].current.state.ordering.last_index >= response.commits[-1].index
    ours = [r.commit for r in cluster.logs[3] if isinstance(r, CommitLogged)][: len(response.commits)]
    assert tuple(ours) == response.commits


@pytest.mark.parametrize("lie", ["no voters", "forged head", "gap", "twice the same voters"])
def test_commits_that_are_not_proven_are_refused(lie: str) -> None:
    """A chain from the own head to votes of a quorum, or nothing."""
    cluster, response = synced_cluster()
    forged = {
        "no voters": CommitResponse(response.commits, ()),
        "forged head": CommitResponse(
            (*response.commits[:-1], replace(response.commits[-1], timestamp_ms=TimestampMs(1))),
            response.voters,
        ),
        "gap": CommitResponse(response.commits[1:], response.voters),
        "twice the same voters": CommitResponse(response.commits, response.voters[:1] * 3),
    }[lie]

    assert offer_commits(cluster, forged) == [Alarm.PEER_AT_FAULT]
    assert cluster.cores[3].current.sync.is_idle


def test_votes_of_f_plus_one_for_another_commit_stop_execution_and_of_a_quorum_everything() -> None:
    """At least one honest node commits otherwise: nothing more is executed; with a quorum the node halts."""
    cluster = Cluster()
    cluster.run(10)
    core = cluster.cores[0]
    last = core.current.state.dag.highest_round
    parents = [node.ref for node in core.current.state.dag.find_round(last).nodes]  # type: ignore[union-attr]
    if len(parents) < 3:
        last = Round(last - 1)
        parents = [node.ref for node in core.current.state.dag.find_round(last).nodes]  # type: ignore[union-attr]
    alarms = []
    for author in (1, 2, 3):
        own = next(ref for ref in parents if ref.author == author)
        vertex = make_vertex(
            chain_id=core.context.chain_id,
            epoch=core.context.epoch,
            round=Round(last + 1),
            author=own.author,
            timestamp_ms=TimestampMs(cluster.now_ms + 1),
            parents=(own, *(ref for ref in parents if ref != own)),
            commit_votes=(CommitVote(CommitIndex(1), Digest(b"x" * 32)),),
        )
        core.current.intake.fetcher.want(vertex.ref, (), cluster.now_ms)  # as somebody's ancestor
        alarms.append([a.alarm for a in cluster.tell(0, FetchResponse((vertex,)), sender=author).alerts])

    assert alarms == [[], [Alarm.OTHERS_COMMIT_OTHERWISE], [Alarm.SAFETY_HALT]]
    assert isinstance(cluster.logs[0][-1], Halted)
    assert sent(cluster.tell(0, FetchRequest((parents[0],)), sender=1), FetchResponse)
    assert Core.restore(cluster.context, SimulatedSigner(0), LOCAL, cluster.logs[0], nonce=1).halt_reason


def test_executed_block_is_signed_and_doubted_when_f_plus_one_sign_another_state() -> None:
    """Checkpoints ride own vertices; another state by F + 1 stops execution."""
    cluster = Cluster()
    cluster.run(10)
    for index in range(4):
        root = bytes(32) if index else b"r" * 32
        block = LedgerBlock(1, bytes(64), root)
        cluster.step(index, CommitExecuted(Epoch(0), CommitIndex(1), root, bytes(32), block))
    cluster.run(10)

    alarms = [alert.alarm for effects in cluster.effects[0] for alert in effects.alerts]
    assert Alarm.OTHERS_EXECUTE_OTHERWISE in alarms


def test_message_of_a_later_epoch_makes_the_node_ask_for_certificates() -> None:
    """The peer is where this node is to be; it is asked once a second at most."""
    cluster = Cluster()
    early = Status(Round(1), CommitIndex(0), Digest(bytes(32)))

    first = cluster.tell(0, early, sender=1, epoch=2)
    second = cluster.tell(0, early, sender=1, epoch=2)

    assert sent(first, CertificateRequest, to=key_of(1)) == [CertificateRequest(Epoch(0))]
    assert not sent(second, CertificateRequest)


def test_observer_commits_what_the_members_commit_and_writes_nothing() -> None:
    """A node without a seat takes vertices in, orders them, and neither writes nor signs."""
    cluster = Cluster()
    observer = Core.start(cluster.context, SimulatedSigner(9), LOCAL)
    cluster.run(12)

    sent_vertices = []
    for record in cluster.logs[0]:
        if isinstance(record, VertexLogged):
            event = MessageReceived(key_of(0), Epoch(0), Announce((record.vertex,)))
            sent_vertices += announced(observer.step(event, cluster.now_ms))

    assert observer.current.state.ordering.last_digest == cluster.cores[0].current.state.ordering.last_digest
    assert sent_vertices == []


def test_several_leaders_a_round_are_committed_in_their_order() -> None:
    """With two leaders a round, both slots are decided, the first one first."""
    cluster = Cluster(leaders_per_round=2)
    cluster.run(12)

    ordering = cluster.cores[0].current.state.ordering
    rounds = [r.commit.leader.round for r in cluster.logs[0] if isinstance(r, CommitLogged)]
    assert ordering.last_index > 12
    assert rounds == sorted(rounds)
    assert max(rounds.count(each) for each in set(rounds)) == 2
