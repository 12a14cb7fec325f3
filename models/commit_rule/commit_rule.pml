/*
 * The commit rule with one equivocator: do two views of one DAG ever decide a slot differently?
 *
 * Four authors, F = 1, quorum 3. Authors 0 to 2 are honest: at most one vertex a round. Author 3 is
 * Byzantine: up to two vertices a round, each with parents of its own choice. The model builds every
 * DAG of up to seven rounds, and every pair of causally closed views A and B of it, lets both views
 * decide, and asserts that they decide no slot in two ways: then one view's sequence of decisions is
 * a prefix of the other's.
 *
 * Two leader slots are followed, each led by an honest author or by the equivocator. Slot x of
 * round 1 is decided directly (votes in round 2, certificates in round 3) or by its anchor y, a slot
 * of round 4, or of round 5 where round 4's is skipped. Slot y is decided directly. The slots
 * between have no part in it: no anchor of x is nearer than round 4, and that the views agree on a
 * slot they skip is what is checked of x and y.
 *
 * A run ends after round 3 unless view A has decided x and B has not. Where both have, they are
 * compared there and then; where neither has, both follow one and the same y; and the views' names
 * can be exchanged.
 *
 * Bounds: left out are weak links, which can only add ancestors; anchors after round 5; changes of
 * the leader schedule. The rule that a vertex continues its author's own is not enforced, so DAGs
 * that break it are built as well.
 *
 * A round is forgotten once the next has chosen its parents: all that later rounds need of it is
 * what a vertex over it can be, in which views, and that is kept in `can`.
 */

#define QUORUM 3

#ifndef CERTIFY
#define CERTIFY QUORUM /* votes that a certificate sees */
#endif
#ifndef COMMIT
#define COMMIT QUORUM /* authors of certificates that commit */
#endif
#ifndef SKIP
#define SKIP QUORUM /* authors without a vote that skip */
#endif

#define PLACES 5 /* of vertices in a round: honest 0, 1, 2 and the equivocator's 3, 4 */
#define NOBODY 9

/* Decisions on a slot: 0 is undecided, 1 and 2 commit the leader's first or second vertex. */
#define SKIPPED 3

/* Sets of a leader's vertices: bit 0 the first, bit 1 the second. */
#define certified_by(ones, twos) ((ones >= CERTIFY -> 1 : 0) | (twos >= CERTIFY -> 2 : 0))

/* Slots. */
#define X 0
#define Y 1

byte round = 1;
byte anchor;          /* the round of y: 4 or 5 */
byte leader = NOBODY; /* of this round, if its slot is followed: place 0 honest, 3 equivocating */

/*
 * The vertices of this round. Sets of views: bit 0 is A, bit 1 is B; who is in none does not exist.
 * A vertex's fact is what later rounds need to know of it:
 *   its vote (0 is none)                         in round 2 and the round after y's
 *   which leader's vertices it certifies         in round 3 and the second round after y's
 *   which of x's are certified by its ancestors  between, and in y's
 */
byte views[PLACES];
byte fact[PLACES];
byte can[4]; /* by views: the facts, as bits, that a vertex of this round can have */

byte decided[4]; /* directly, at 2 * slot + view */
byte under_y[2]; /* the vertices of x certified by the ancestors of y's first and second vertex */
byte final_x[2]; /* by view */

/* Scratch, 0 between steps. */
byte place, choice, view, id, held, authors, ones, twos, seen, vote, p0, p1, p2, p3;

inline choose_leader() {
  if
  :: round == 1 || round == anchor ->
     if
     :: leader = 0
     :: leader = 3
     fi
  :: else -> leader = NOBODY
  fi
}

#define leads(where) ((where == leader) | ((where == 4) & (leader == 3)))

/* A vertex as a number: 4 * views + fact, 0 where there is none. */
#define vertex_at(where) (4 * views[where] + fact[where])
#define possible (choice == 0 || (choice >= 4 && ((can[choice / 4] >> (choice % 4)) & 1)))

/*
 * Choose what stands at `place`. Two vertices that differ in nothing but the name of their author
 * come in one order only: the later is no smaller a number than the earlier.
 */
inline choose_vertex() {
  choice = ((place == 1 || place == 2 || place == 4) && !leads(place - 1)
            -> vertex_at(place - 1) : 0);
  do
  :: possible -> break
  :: choice < 15 ->
     d_step {
       choice++;
       do
       :: choice < 15 && !possible -> choice++
       :: else -> break
       od
     }
  :: choice == 15 && !possible -> goto done
  od;
  held = 0;
  d_step {
    views[place] = choice / 4;
    fact[place] = choice % 4;
    choice = 0
  }
}

/* A parent is in every view that its child is in. */
#define hidden(where) ((views[where] & held) != held)

/* Add the parent at `where` to what a vertex of the next round sees. */
inline take(where) {
  seen = seen | fact[where];
  ones = ones + (fact[where] == 1);
  twos = twos + (fact[where] == 2);
  if
  :: where == leader -> vote = 1
  :: where == 4 && leader == 3 -> vote = 2
  :: else
  fi
}

/* Work out what vertices of the next round can be, over each choice of parents by a quorum. */
inline look_ahead() {
  for (held : 1 .. 3) {
    can[held] = 0;
    for (p0 : 0 .. 1) {
      for (p1 : 0 .. 1) {
        for (p2 : 0 .. 1) {
          for (p3 : 0 .. 2) { /* the equivocator's first vertex, its second, or neither */
            if
            :: ((p0 & hidden(0)) | (p1 & hidden(1)) | (p2 & hidden(2))
                | ((p3 == 1) & hidden(3)) | ((p3 == 2) & hidden(4)))
            :: (p0 + p1 + p2 + (p3 > 0) < QUORUM)
            :: else ->
               if :: p0 -> take(0) :: else fi;
               if :: p1 -> take(1) :: else fi;
               if :: p2 -> take(2) :: else fi;
               if :: p3 == 1 -> take(3) :: p3 == 2 -> take(4) :: else fi;
               if
               :: round == 1 || round == anchor -> can[held] = can[held] | (1 << vote)
               :: round == 2 || round == anchor + 1 ->
                  can[held] = can[held] | (1 << certified_by(ones, twos))
               :: else -> can[held] = can[held] | (1 << seen)
               fi;
               seen = 0; ones = 0; twos = 0; vote = 0
            fi
          }
        }
      }
    }
  }
  held = 0; p0 = 0; p1 = 0; p2 = 0; p3 = 0
}

#define in_view(where) ((views[where] >> view) & 1)
#define silent(where) (in_view(where) & (fact[where] != id))
#define certifies(where) (in_view(where) & ((fact[where] & id) != 0))
#define authors_with(has) (has(0) + has(1) + has(2) + (has(3) | has(4)))

/* Skip where a quorum is here, and for each of the leader's vertices enough did not vote for it. */
inline decide_skip(slot) {
  for (view : 0 .. 1) {
    authors = authors_with(in_view);
    for (id : 1 .. 2) {
      if
      :: authors_with(silent) < SKIP -> authors = 0
      :: else
      fi
    }
    if
    :: authors >= QUORUM -> decided[2 * slot + view] = SKIPPED
    :: else
    fi
  }
  view = 0; id = 0; authors = 0
}

/* Commit the leader's vertex for which certificates of enough authors are here. */
inline decide_commit(slot) {
  for (view : 0 .. 1) {
    for (id : 1 .. 2) {
      if
      :: authors_with(certifies) >= COMMIT ->
         assert(decided[2 * slot + view] == 0); /* neither skipped nor its twin committed */
         decided[2 * slot + view] = id
      :: else
      fi
    }
  }
  view = 0; id = 0
}

/* Decide x: directly, or by what the ancestors of a committed y certify. */
inline decide_x() {
  for (view : 0 .. 1) {
    final_x[view] = decided[2 * X + view];
    id = decided[2 * Y + view];
    if
    :: final_x[view] == 0 && (id == 1 || id == 2) ->
       assert(under_y[id - 1] != 3); /* two certified twins */
       final_x[view] = (under_y[id - 1] == 0 -> SKIPPED : under_y[id - 1])
    :: else
    fi
  }
  view = 0; id = 0
}

#define agreed(one, other) (one == 0 || other == 0 || one == other)

init {
  if
  :: anchor = 4
  :: anchor = 5
  fi;
  can[1] = 1;
  can[2] = 1;
  can[3] = 1;
  do
  :: round <= anchor + 2 ->
     choose_leader();
     place = 0;
     do
     :: place < PLACES -> choose_vertex(); place++
     :: else -> break
     od;
     place = 0;
     d_step {
       if
       :: round == 2 -> decide_skip(X)
       :: round == 3 ->
          decide_commit(X);
          assert(agreed(decided[2 * X], decided[2 * X + 1]))
       :: round == anchor ->
          under_y[0] = fact[leader];
          under_y[1] = (leader == 3 -> fact[4] : 0)
       :: round == anchor + 1 -> decide_skip(Y)
       :: round == anchor + 2 -> decide_commit(Y)
       :: else
       fi;
       look_ahead();
       for (place : 0 .. 4) { views[place] = 0; fact[place] = 0 }
       place = 0;
       round++
     };
     if
     :: round == 4 && (decided[2 * X] == 0 || decided[2 * X + 1] != 0) -> goto done
     :: else
     fi
  :: else -> break
  od;
  round = 0;
  d_step {
    decide_x();
    assert(agreed(final_x[0], final_x[1]));
    assert(agreed(decided[2 * Y], decided[2 * Y + 1]))
  }
done:
  skip
}
