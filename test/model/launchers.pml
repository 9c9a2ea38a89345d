/*
 * The launchers page, redirect and scheme against an active attacker on the web who is another user of the host, too.
 * test/integration/launcher-model.test.ts has SPIN look at every state.
 *
 * Shown, with everything in place (the asserts of signIn):
 *   P1  no session of B is ever signed in with A's card;
 *   P2  no session of A is ever signed in by an order that B started: neither by one that was made in B's session, nor by
 *       one that the identity provider's own page in A's browser did not hand to the daemon.
 * Each of these takes one answer out, and brings a counterexample: NO_RESPONSE_CODE, NO_COOKIE, NO_REFERER, NO_ORIGIN,
 * NO_PEER. NO_REFERER_GATE and NO_ORIGIN_GATE take out the daemon's half of a check only; the verifier's half holds.
 * SANE=page (redirect, scheme) and SANE_B claim that no login completes that way, which must be refuted, too.
 *
 * A     types the PIN for whatever asks: nothing here rests on what people notice.
 * B     has a browser, a session at the identity provider, a card and a program that answers as a daemon does; owns a web
 *       origin that A's browser visits; sends that browser anywhere; opens links on A's machine; is another user of that
 *       machine, whose browser reaches A's daemon by the same port; knows every reference that was made for B, and those
 *       of A that were spent; sees neither A's cookie, nor a response code or assertion that was not handed to B.
 * Not here, and not claimed: a program of the same user as the daemon, which can do all that A can (docs/threat-model.md);
 *       a reference of A's that leaks before the daemon has used it; signatures that are forged, an origin or address
 *       that is written wrong: tests attack those.
 * Rests on: the login page of scheme shows its link and never sends a browser on to it by itself, since a link has no
 *       Referer that would tell; references are random and shown to nobody but the session that they were made in.
 *
 * step of the model          what it stands for                                   in the code
 *   makeOrder                login page: ref or request object, confirmation code  examples/ (the sample provider)
 *   gate of page             Origin of a fetch                                    src/daemon/loopback/gate.ts
 *   gate of redirect         Referer of GET /oob/v1/start                         src/daemon/loopback/gate.ts
 *   gate of scheme           kort open, over the control socket of mode 0600      src/app/launch-methods.ts
 *   peerFits                 the client's end belongs to the daemon's user        src/platform/peer-lookup-linux.ts
 *   fetch                    request_endpoint gives an object out once            src/oob/relying-party-calls.ts
 *   given, of page           jti counts once                                      src/oob/used-refs.ts, src/app/replay-file.ts
 *   approve                  prompt, PIN, signature over request_hash and origin  src/operations/, src/oob/assertion.ts
 *   answer                   response_endpoint stores it, makes a response code   src/oob/delivery.ts
 *   hand over                303 of the waiting page; the browser of kort open    src/daemon/loopback/, src/cli/commands/open.ts
 *   bring, of a code         "Who may finish": response code and session cookie   examples/
 *   bring, of an assertion   the page posts what it collected, with its cookie    src/verify/verify-assertion.ts
 *   verifies                 origin present and registered, for page and redirect src/verify/verify-assertion.ts
 */

/*
 * Of A's session one order lives at a time, and of B's two, each of which can meet A's; how many there have been has no
 * bound, since one that has ended makes room for another.
 */
#define OF_A 0
#define OF_B 1
#define ORDERS 3

#define nobody 0
#define none 0
mtype:who = { A, B };
mtype:site = { idp, evil };
mtype:launcher = { page, redirect, scheme };

typedef Order {
	mtype:who owner;	/* the session under whose cookie it was made */
	mtype:launcher launcher;	/* that it was made for, and then that it came by */
	bool given;	/* the request object was given out, or of page used: once only */
	bool byB;	/* B handed it to the daemon, not the login page */
	mtype:who card;	/* that answered */
	mtype:site origin;	/* in the assertion: what the daemon proved */
	bool atA, atB;	/* who has, once it is answered, the response code, or of page the assertion */
};
Order order[ORDERS];

/* ---- The checks, and what is left of them when one is taken out ---- */

#ifdef NO_COOKIE
#define cookieFits(session, r) true
#else
#define cookieFits(session, r) (order[r].owner == session)
#endif

#ifdef NO_PEER
#define peerFits(user) true
#else
#define peerFits(user) (user == A)
#endif

#if defined(NO_REFERER) || defined(NO_REFERER_GATE)
#define refererFits(site) true
#else
#define refererFits(site) (site == idp)
#endif

#if defined(NO_ORIGIN) || defined(NO_ORIGIN_GATE)
#define originFits(site) true
#else
#define originFits(site) (site == idp)
#endif

#ifdef NO_REFERER
#define redirectProved(r) true
#else
#define redirectProved(r) (order[r].origin == idp)
#endif

#ifdef NO_ORIGIN
#define pageProved(r) true
#else
#define pageProved(r) (order[r].origin == idp)
#endif

/* ---- The identity provider ---- */

inline makeOrder(who, l, r) {
	order[r].owner = who;
	order[r].launcher = l
}

/* Made for redirect, a reference does for scheme too, and the other way about, as the sample provider's do. */
#define accepts(r, l) (order[r].launcher == l || (order[r].launcher == redirect && l == scheme) || (order[r].launcher == scheme && l == redirect))

#define isAnswered(r) (order[r].card != nobody)
#define hasCode(r) (order[r].launcher != page && isAnswered(r))
#define hasAssertion(r) (order[r].launcher == page && isAnswered(r))

#define verifies(r) (order[r].launcher == scheme || (order[r].launcher == redirect && redirectProved(r)) || (order[r].launcher == page && pageProved(r)))

/* Of redirect and scheme a response code, of page an assertion with its nonce; either counts once, right or wrong. */
inline bring(session, r) {
	if
	:: cookieFits(session, r) && verifies(r) -> signIn(session, r)
	:: else
	fi;
	forget(r)
}

/* Nothing is left of it that anybody could use. */
inline forget(r) {
	order[r].owner = nobody;
	order[r].launcher = 0;
	order[r].given = false;
	order[r].byB = false;
	order[r].card = nobody;
	order[r].origin = none;
	order[r].atA = false;
	order[r].atB = false
}

inline signIn(session, r) {
	assert(!(session == B && order[r].card == A));	/* P1 */
	assert(!(session == A && (order[r].owner == B || order[r].byB)));	/* P2 */
#ifdef SANE
	assert(!(session == A && order[r].card == A && order[r].launcher == SANE));
#endif
#ifdef SANE_B
	assert(!(session == B && order[r].card == B));
#endif
	skip
}

/* ---- A's machine ---- */

/* Launcher, order, Referer or Origin, whose program or browser calls, who made it call, and who gets what comes back. */
chan daemon = [0] of { mtype:launcher, byte, mtype:site, mtype:who, mtype:who, mtype:who };

#define PROMPTS 2	/* orders that can be under way at the same time */
byte idle = PROMPTS;

active [PROMPTS] proctype daemonOfA() {
	mtype:launcher l;
	mtype:site site;
	mtype:who user, cause, reader;
	byte r;

end:	do
	:: atomic { daemon ? l, r, site, user, cause, reader ->
		if
		/* gate; fetch. The request object says which launchers it is for, and the assertion which one it was. */
		:: accepts(r, l) && !order[r].given && (
			(l == page && peerFits(user) && originFits(site)) ||
			(l == redirect && peerFits(user) && refererFits(site)) ||
			(l == scheme && user == A)) ->
			idle--;
			order[r].given = true;
			order[r].launcher = l;
			order[r].byB = (cause == B);
			order[r].origin = site;
			order[r].atA = (reader == A);
			order[r].atB = (reader == B);
			l = 0; site = 0; user = 0; cause = 0; reader = 0;
			goto prompt
		:: else -> l = 0; site = 0; user = 0; cause = 0; reader = 0; r = 0
		fi }
	od;
prompt:	if
	:: atomic { true -> order[r].card = A }	/* approve; answer; hand over */
	:: atomic { true -> forget(r) }	/* A cancels, or nobody is there */
	fi;
	atomic { r = 0; idle++; goto end }
}

/* ---- A's browser: A's own doings, and what it is sent to by the daemon ---- */

inline any(r) {
	r = 0;
	do
	:: r < ORDERS - 1 -> r++
	:: break
	od
}

active proctype browserOfA() {
	byte r;

end:	do
	:: atomic { order[OF_A].owner == nobody && idle > 0 -> makeOrder(A, page, OF_A); daemon ! page, OF_A, idp, A, A, A }
	:: atomic { order[OF_A].owner == nobody && idle > 0 -> makeOrder(A, redirect, OF_A); daemon ! redirect, OF_A, idp, A, A, A }
	:: atomic { order[OF_A].owner == nobody && idle > 0 -> makeOrder(A, scheme, OF_A); daemon ! scheme, OF_A, none, A, A, A }
	:: atomic { any(r);
		if
		:: order[r].atA && isAnswered(r) -> bring(A, r)
#ifdef NO_RESPONSE_CODE
		:: order[r].owner == A && hasCode(r) -> bring(A, r)
#endif
		:: order[r].owner == A && !order[r].given -> forget(r)	/* refused at the gate, and then forgotten */
		:: else
		fi;
		r = 0 }
	od
}

/* ---- B ---- */

/* Made for B, or seen when it could not be used any more. */
#define known(r) (order[r].owner == B || (order[r].owner == A && order[r].given))

active proctype everythingOfB() {
	byte r;

end:	do
	:: atomic { any(r);
		if
		:: r >= OF_B && order[r].owner == nobody ->
			if
			:: makeOrder(B, page, r)
			:: makeOrder(B, redirect, r)
			:: makeOrder(B, scheme, r)
			fi
		:: else
		fi;
		r = 0 }
	/* A's browser is sent to the daemon; a link is opened on A's machine; a page in A's browser calls. */
	:: atomic { any(r);
		if
		:: known(r) && idle > 0 -> daemon ! redirect, r, evil, A, B, A
		:: known(r) && idle > 0 -> daemon ! scheme, r, none, A, B, A
		:: known(r) && idle > 0 -> daemon ! page, r, evil, A, B, B
		:: else
		fi;
		r = 0 }
	/*
	 * A's browser is sent to the provider's login address, which sends it on at once: the Referer stays B's, since a
	 * redirect keeps it (Fetch Standard, "HTTP-redirect fetch"; seen in Chromium 156).
	 */
	:: atomic { order[OF_A].owner == nobody && idle > 0 -> makeOrder(A, redirect, OF_A); daemon ! redirect, OF_A, evil, A, B, A }
	/* B's own login page in B's own browser, on the machine that both use. */
	:: atomic { any(r);
		if
		:: order[r].owner == B && idle > 0 -> daemon ! redirect, r, idp, B, B, B
		:: order[r].owner == B && idle > 0 -> daemon ! page, r, idp, B, B, B
		:: else
		fi;
		r = 0 }
	/* B's own program and card; it says whatever origin is wanted. */
	:: atomic { any(r);
		if
		:: order[r].owner == B && !order[r].given ->
			order[r].given = true;
			order[r].card = B;
			order[r].origin = idp;
			order[r].atB = true
		:: else
		fi;
		r = 0 }
	/* What B has is brought by B's browser; A's can be sent to an address, but not made to post with its cookie. */
	:: atomic { any(r);
		if
		:: order[r].atB && isAnswered(r) -> bring(B, r)
		:: order[r].atB && hasCode(r) -> bring(A, r)
#ifdef NO_RESPONSE_CODE
		:: hasCode(r) && order[r].owner == B -> bring(B, r)
		:: hasCode(r) && order[r].owner == A -> bring(A, r)
#endif
		:: else
		fi;
		r = 0 }
	od
}
