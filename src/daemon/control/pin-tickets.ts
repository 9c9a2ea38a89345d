import { randomBytes } from 'node:crypto';
import type { Secret } from '../../core/secret.js';

/** The codes of one operation between their arrival and their use; each ticket takes one code, once. */
export interface PinTickets<Name extends string> {
  /** By code, 16 random bytes in hex. */
  readonly tickets: Readonly<Partial<Record<Name, string>>>;
  /** Takes the code if the ticket is one that is still open; whoever sent it keeps it otherwise. */
  offer(ticket: string, code: Secret): boolean;
  /** Whether any code has come. */
  readonly begun: boolean;
  /** Moves the codes out if all have come, but for those that are typed elsewhere. */
  take(elsewhere: readonly Name[]): Readonly<Partial<Record<Name, Secret>>> | undefined;
  /** Wipes what has come; no ticket counts any more. */
  wipe(): void;
}

/** Tickets for these codes. */
export function createPinTickets<Name extends string>(names: readonly Name[]): PinTickets<Name> {
  const open = new Map(names.map((name) => [randomBytes(16).toString('hex'), name]));
  const tickets = Object.fromEntries([...open].map(([ticket, name]) => [name, ticket])) as Partial<
    Record<Name, string>
  >;
  const codes = new Map<Name, Secret>();
  const wipeCodes = (): void => {
    for (const code of codes.values()) code.wipe();
    codes.clear();
  };
  return {
    tickets,
    offer(ticket, code) {
      const name = open.get(ticket);
      if (name === undefined) return false;
      open.delete(ticket);
      codes.set(name, code);
      return true;
    },
    get begun() {
      return codes.size > 0;
    },
    take(elsewhere) {
      if ([...open.values()].some((name) => !elsewhere.includes(name))) return undefined;
      const here = [...codes].filter(([name]) => !elsewhere.includes(name));
      for (const [name] of here) codes.delete(name);
      wipeCodes();
      open.clear();
      return Object.fromEntries(here) as Partial<Record<Name, Secret>>;
    },
    wipe() {
      open.clear();
      wipeCodes();
    },
  };
}
