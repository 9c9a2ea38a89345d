/*
 * Runs in a module's process alone: the login that stays open between two pieces of work.
 */
import { doOpenWork } from './module-writing.js';
import { endSession, type LoggedIn } from './module-use.js';
import type { OpenWork } from './protocol.js';
import { ckr } from './return-values.js';

let open: LoggedIn | undefined;
let timer: NodeJS.Timeout | undefined;
let idleMs = 0;

/** From now on the login is ended here: by {@link endLogin}, or when nobody has asked for anything for a while. */
export function keepLogin(login: LoggedIn, idle: number): void {
  endLogin();
  [open, idleMs] = [login, idle];
  restartTimer();
}

/** @throws when no login is open any more, and what the module throws. */
export function workUnderLogin(work: OpenWork): Uint8Array {
  if (open === undefined) throw new Error(`CKR_USER_NOT_LOGGED_IN:${ckr.userNotLoggedIn}`);
  clearTimeout(timer);
  try {
    return doOpenWork(open, work);
  } finally {
    restartTimer();
  }
}

/** @returns the token's flags, where it still told. */
export function endLogin(): number | undefined {
  clearTimeout(timer);
  const login = open;
  open = undefined;
  return login === undefined ? undefined : endSession(login, true);
}

function restartTimer(): void {
  timer = setTimeout(endLogin, idleMs);
}
