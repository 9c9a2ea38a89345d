import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/core/ports.js';
import { createSandboxCa, type SandboxCa } from '../../src/sandbox/ca/sandbox-ca.js';
import { startDaemon, type PrivateHome, type RunningDaemon } from './daemon.js';
import { trustSandboxCa } from './login-bench.js';
import {
  addPersonCard,
  readerNames,
  startVirtualReaders,
  type PersonCard,
  type VirtualReaders,
} from './virtual-readers.js';

/** A `kortd` of its own, and a card with a PIN that stands nowhere else, in this process. */
export interface PlantedStage {
  readonly readers: VirtualReaders;
  readonly ca: SandboxCa;
  readonly card: PersonCard;
  readonly daemon: RunningDaemon;
  close(): Promise<void>;
}

/** `before` does what has to be done before the daemon starts. */
export async function startPlantedStage(
  home: PrivateHome,
  instance: string,
  pin: string,
  before: () => Promise<void> = () => Promise.resolve(),
): Promise<PlantedStage> {
  const readers = await startVirtualReaders(home.folder);
  home.env['PCSCLITE_CSOCK_NAME'] = readers.socketPath;
  const ca = await createSandboxCa({ clock: systemClock, keyType: 'ec-p256' });
  const card = await addPersonCard(readers.hardware, ca, 'tolvan', { pin });
  trustSandboxCa(home, instance, ca);
  await before();
  const daemon = await startDaemon(home, instance, ['--port', '0']);
  readers.hardware.insert(readerNames[0], card.name);
  return {
    ...{ readers, ca, card, daemon },
    close: async () => {
      await daemon.stop();
      await readers.service.close();
      home.remove();
    },
  };
}

/** Codes in the forms in which a program could keep them. */
export function formsOf(...codes: readonly string[]): Readonly<Record<string, Buffer>> {
  return Object.fromEntries(
    codes.flatMap((code) => [
      [code, Buffer.from(code, 'latin1')],
      [`${code} in UTF-16`, Buffer.from(code, 'utf16le')],
    ]),
  );
}

/** Which files below a folder hold this, by their paths in it. */
export function filesWith(folder: string, what: Buffer | string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const path = join(folder, name);
    return statSync(path).isFile() && readFileSync(path).includes(what);
  });
}
