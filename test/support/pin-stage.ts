import { expect } from 'vitest';
import type { SandboxCa } from '../../src/sandbox/ca/sandbox-ca.js';
import { PrivateHome, startDaemon, type RunningDaemon } from './daemon.js';
import {
  addPersonCard,
  readerNames,
  startVirtualReaders,
  type PersonCard,
  type VirtualReaders,
} from './virtual-readers.js';

/** The right codes of the card, and a new PIN for it. */
export const pinStageCodes = { pin: '835196', next: '246810', puk: '87654321' } as const;

/** The built daemon as instance `pins`, with a card in the first of two readers of this process. */
export interface PinStage {
  readonly home: PrivateHome;
  readonly readers: VirtualReaders;
  readonly card: PersonCard;
  readonly daemon: RunningDaemon;
}

export async function openPinStage(ca: SandboxCa): Promise<PinStage> {
  const home = new PrivateHome();
  const readers = await startVirtualReaders(home.folder);
  home.env['PCSCLITE_CSOCK_NAME'] = readers.socketPath;
  const { pin } = pinStageCodes;
  const card = await addPersonCard(readers.hardware, ca, 'tolvan', { pin, keyType: 'ec-p256' });
  readers.hardware.insert(readerNames[0], card.name);
  const daemon = await startDaemon(home, 'pins', ['--port', '0']);
  await untilRead(daemon, 1);
  return { home, readers, card, daemon };
}

/** Waits until the daemon has read so many cards. */
export async function untilRead(daemon: RunningDaemon, count: number): Promise<void> {
  const tokens = async () =>
    (await daemon.client.request('status.get', {})).readers.filter(({ token }) => token !== undefined).length;
  await expect.poll(tokens, { timeout: 10_000 }).toBe(count);
}

/** The PIN as the card itself holds it. */
export function pinOn(card: PersonCard): string {
  return Buffer.from(card.store.load().pins[0]!.value).toString('latin1').replaceAll('\0', '');
}
