/*
 * Runs in a module's process alone: one login, one piece of work, one logout; or a login that stays open.
 */
import type { Handle, PKCS11 } from 'pkcs11js';
import { factsOf, openSession, returnValueOf, slotHandle } from './module-calls.js';
import { decipher, signAll, type PinConfirmation } from './module-key-work.js';
import type { UseAnswer, UseRequest, Work } from './protocol.js';
import { ckf, ckr, pinFlags } from './return-values.js';

/** Codes as they came; both empty where the module asks for them itself. */
export interface UseCodes {
  readonly pin: Uint8Array;
  /** Of a change. */
  readonly next: Uint8Array;
}

/** A session with a user logged in. */
export interface LoggedIn {
  readonly pkcs11: PKCS11;
  readonly slot: Handle;
  readonly session: Handle;
}

/** What a use came to, and for work of the kind `open` the session that goes on. */
export interface UseEnd {
  readonly answer: UseAnswer;
  readonly open?: LoggedIn;
}

type Stage = UseAnswer['stage'];
const CKU_USER = 1;
const CKU_CONTEXT_SPECIFIC = 2;
/** CK_STATE with a logged-in user (PKCS#11 v2.40 §3.3). */
const userStates = [1, 3];
const nothing = new Uint8Array();

/** At most one C_Login as user, none unless the token is the one that is meant and shows the flags that the user saw. */
export function useToken(pkcs11: PKCS11, request: UseRequest, codes: UseCodes): UseEnd {
  const slot = slotHandle(request.slot);
  const { work } = request;
  let stage: Stage = 'before-login';
  let session: Handle | undefined;
  let loggedIn = false;
  try {
    session = openSession(pkcs11, slot, work.kind !== 'sign' && work.kind !== 'decipher');
    const facts = factsOf(pkcs11, slot);
    const isMeant = facts.serial === request.serial && facts.label === request.label;
    if (!isMeant || newlyLow(facts.flags, request.pinFlags)) {
      const [returnValue, flags] = isMeant ? [ckr.ok, facts.flags] : [ckr.tokenNotPresent, undefined];
      endSession({ pkcs11, slot, session }, false);
      return { answer: { stage, returnValue, flags, value: nothing } };
    }
    if (userStates.includes(pkcs11.C_GetSessionInfo(session).state)) pkcs11.C_Logout(session);
    stage = 'login';
    if (work.kind === 'change') {
      pkcs11.C_SetPIN(session, text(codes.pin), text(codes.next));
    } else {
      pkcs11.C_Login(session, CKU_USER, text(codes.pin));
      loggedIn = true;
    }
    stage = 'work';
    const open = { pkcs11, slot, session };
    const value = doWork(open, work, codes.pin);
    const done = { stage: 'done', returnValue: ckr.ok, value } as const;
    if (work.kind === 'open') return { answer: { ...done, flags: undefined }, open };
    return { answer: { ...done, flags: endSession(open, loggedIn) } };
  } catch (error) {
    const returnValue = returnValueOf(error) || 0x5;
    const flags = session === undefined ? undefined : endSession({ pkcs11, slot, session }, loggedIn);
    return { answer: { stage, returnValue, flags, value: nothing } };
  }
}

/** Flags that say of less tries than the user was shown. */
function newlyLow(now: number, seen: number): boolean {
  const severity = (flags: number): number =>
    flags & ckf.userPinLocked ? 3 : flags & ckf.userPinFinalTry ? 2 : flags & ckf.userPinCountLow ? 1 : 0;
  return severity(now & pinFlags) > severity(seen);
}

/** Ends login and session, whatever the module says to that, and asks for the flags once more. */
export function endSession({ pkcs11, slot, session }: LoggedIn, loggedIn: boolean): number | undefined {
  const attempt = <T>(call: () => T): T | undefined => {
    try {
      return call();
    } catch {
      return undefined;
    }
  };
  if (loggedIn) attempt(() => pkcs11.C_Logout(session));
  const flags = attempt(() => pkcs11.C_GetTokenInfo(slot).flags);
  attempt(() => pkcs11.C_CloseSession(session));
  return flags;
}

const text = (code: Uint8Array): string => Buffer.from(code.buffer, code.byteOffset, code.length).toString('latin1');

function doWork({ pkcs11, session }: LoggedIn, work: Work, pin: Uint8Array): Uint8Array {
  /** A key that wants the PIN for each use is given the one that was accepted a moment before. */
  const confirm: PinConfirmation = () => pkcs11.C_Login(session, CKU_CONTEXT_SPECIFIC, text(pin));
  switch (work.kind) {
    case 'verify':
    case 'change':
    case 'open':
      return nothing;
    case 'sign':
      return signAll(pkcs11, session, work, confirm);
    case 'decipher':
      return decipher(pkcs11, session, work, confirm);
  }
}
