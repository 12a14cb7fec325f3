"""How a faulty member may behave."""

from enum import Enum


class Behaviour(Enum):
    """One way to break the rules; a run gives each Byzantine member one."""

    SILENT = "silent"  # sends nothing
    SILENT_LEADER = "silent-leader"  # withholds its vertex whenever it leads
    EQUIVOCATE = "equivocate"  # writes two vertices a round and shows each half of the others one
    TWINS = "twins"  # two processes with one key, each with half of the network
    WITHHOLD = "withhold"  # keeps its vertices from F + 1 members
    LATE_LEADER = "late-leader"  # sends its leader vertices at the edge of the time-out
    REFUSE_VOTES = "refuse-votes"  # never links to the leader of the round before
    LIE_IN_SYNC = "lie-in-sync"  # claims heights it has not, answers with forged or cut commits
    FLOOD = "flood"  # sends far-future, forged and repeated vertices, and many twins
    TWO_OWN_PARENTS = "two-own-parents"  # links to both of its twins
    WITHHOLD_PAYLOADS = "withhold-payloads"  # sends vertices to F + 1 members without their bundles
