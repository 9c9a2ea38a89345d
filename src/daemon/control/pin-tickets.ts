import { randomBytes } from 'node:crypto';
import type { Secret } from '../../core/secret.js';
import type { PinCodeName } from '../../model/pin-care.js';

/** The codes of one operation between their arrival and their use; each ticket takes one code, once. */
export interface PinTickets {
  /** By code, 16 random bytes in hex. */
  readonly tickets: Readonly<Partial<Record<PinCodeName, string>>>;
  /** Takes the code if the ticket is one that is still open; whoever sent it keeps it otherwise. */
  offer(ticket: string, code: Secret): boolean;
  /** Whether any code has come. */
  readonly begun: boolean;
  /** Moves the codes out if all have come. */
  take(): Readonly<Partial<Record<PinCodeName, Secret>>> | undefined;
  /** Wipes what has come; no ticket counts any more. */
  wipe(): void;
}

/** Tickets for these codes. */
export function createPinTickets(names: readonly PinCodeName[]): PinTickets {
  const open = new Map(names.map((name) => [randomBytes(16).toString('hex'), name]));
  const tickets = Object.fromEntries([...open].map(([ticket, name]) => [name, ticket]));
  let codes: Partial<Record<PinCodeName, Secret>> = {};
  return {
    tickets,
    offer(ticket, code) {
      const name = open.get(ticket);
      if (name === undefined) return false;
      open.delete(ticket);
      codes[name] = code;
      return true;
    },
    get begun() {
      return Object.keys(codes).length > 0;
    },
    take() {
      if (open.size > 0) return undefined;
      const taken = codes;
      codes = {};
      return taken;
    },
    wipe() {
      open.clear();
      for (const code of Object.values(codes)) code.wipe();
      codes = {};
    },
  };
}
