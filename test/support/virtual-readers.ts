import { join } from 'node:path';
import { toHex } from '../../src/core/bytes.js';
import { issuePerson, type SandboxCa } from '../../src/sandbox/ca/sandbox-ca.js';
import { testPeople, type PersonRequest } from '../../src/sandbox/ca/person.js';
import { VirtualHardware } from '../../src/sandbox/hardware/virtual-hardware.js';
import {
  startVirtualPcscService,
  type VirtualPcscService,
} from '../../src/sandbox/pcsc-service/virtual-pcsc-service.js';
import type { CardStore } from '../../src/sandbox/virtual-card/card-state.js';
import { memoryCardStore } from '../../src/sandbox/virtual-card/memory-card-store.js';
import { personalize } from '../../src/sandbox/virtual-card/personalize.js';
import { VirtualIdPrimeCard } from '../../src/sandbox/virtual-card/virtual-idprime-card.js';

/** A virtual card of a test person, and what it saw. */
export interface PersonCard {
  readonly name: string;
  readonly pin: string;
  readonly store: CardStore;
  readonly card: VirtualIdPrimeCard;
  /** Every command since the list was last emptied, hexadecimal, without PINs. */
  readonly trace: string[];
  attemptsRemaining(): number;
}

/** Two readers behind a virtual PC/SC service, in the process of the test: the daemon under test is another one. */
export interface VirtualReaders {
  readonly hardware: VirtualHardware;
  readonly service: VirtualPcscService;
  readonly socketPath: string;
}

export const readerNames = ['TEST Reader 1', 'TEST Reader 2'] as const;

export async function startVirtualReaders(folder: string): Promise<VirtualReaders> {
  const hardware = new VirtualHardware();
  for (const name of readerNames) hardware.addReader(name);
  const socketPath = join(folder, 'pcscd.comm');
  const service = await startVirtualPcscService({ socketPath, readers: hardware });
  return { hardware, service, socketPath };
}

/** A card with one authentication certificate, or with `more` that differ so, known to the hardware but in no reader. */
export async function addPersonCard(
  hardware: VirtualHardware | undefined,
  ca: SandboxCa,
  name: keyof typeof testPeople,
  options: { pin: string; more?: readonly Partial<PersonRequest>[] } & Partial<
    Pick<PersonRequest, 'keyType' | 'level'>
  >,
): Promise<PersonCard> {
  const { pin, more = [], ...first } = options;
  // The one that lasts longest comes first in a login: not that which a second began before.
  const notAfter = ca.clock.now() + 2 * 365 * 86_400_000;
  const requests = [{}, ...more].map((change): PersonRequest => ({
    ...testPeople[name],
    notAfter,
    ...first,
    ...change,
  }));
  const issued = await Promise.all(requests.map((request) => issuePerson(ca, request)));
  const store = memoryCardStore(
    personalize({
      pin: Buffer.from(pin),
      puk: Buffer.from('87654321'),
      label: `TEST ${name}`,
      certificates: issued.map(({ certificate, privateKey }) => ({ der: certificate, privateKey })),
    }),
  );
  const trace: string[] = [];
  const card = new VirtualIdPrimeCard({ store, trace: ({ command }) => trace.push(toHex(command)) });
  hardware?.addCard(name, card);
  const attemptsRemaining = (): number => store.load().pins[0]!.triesLeft;
  return { name, pin, store, card, trace, attemptsRemaining };
}
