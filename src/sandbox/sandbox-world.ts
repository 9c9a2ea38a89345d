import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../core/ports.js';
import type { TrustPolicy } from '../model/trust.js';
import {
  caCertificatesOf,
  createSandboxCa,
  exportSandboxCa,
  importSandboxCa,
  trustPolicyOf,
  type SandboxCa,
} from './ca/sandbox-ca.js';
import { RevocationBook } from './ca/revocation-book.js';
import { openSandboxRevocation, type SandboxRevocation } from './ca/sandbox-revocation.js';
import { VirtualHardware } from './hardware/virtual-hardware.js';
import { openSandboxIssuer, type SandboxIssuer } from './issuer/sandbox-issuer.js';
import { openSandboxCard, type SandboxCard } from './open-sandbox-card.js';
import { sandboxCards } from './sandbox-cards.js';

/** Virtual readers with cards of test people, and the CA that issued their certificates. */
export interface SandboxWorld {
  readonly hardware: VirtualHardware;
  readonly trust: TrustPolicy;
  /** Its CA certificates, PEM, for the `trust.d` of a daemon that reaches these cards over PC/SC. */
  readonly caFile: string;
  readonly revocation: SandboxRevocation;
  /** Undefined where it was opened without. */
  readonly issuer: SandboxIssuer | undefined;
  /**
   * Gives all cards the PIN, PUK and tries of new ones, makes their certificates good, gives the issuer its first orders
   * back, and clears all faults; cards in readers are pulled and put back.
   */
  readonly reset: () => void;
}

/** Where a sandbox is served at its first start: at the first free port from each, which is then kept in its folder. */
export interface SandboxPorts {
  /** Stands in the certificates. Without it nothing is told about revocation, and new certificates name no address. */
  readonly revocation?: number;
  /** Without it there is no issuer. */
  readonly issuer?: number;
}

/**
 * Opens the sandbox that is kept in `folder` (0700), making its CA and cards first where they are not there yet. Two
 * readers, the first with the ordinary card in it.
 */
export async function openSandboxWorld(folder: string, clock: Clock, ports: SandboxPorts = {}): Promise<SandboxWorld> {
  mkdirSync(join(folder, 'cards'), { recursive: true, mode: 0o700 });
  const book = new RevocationBook(join(folder, 'revocation.json'));
  const revocation = await openSandboxRevocation(book, clock, ports.revocation);
  const ca = await openCa(join(folder, 'ca.json'), clock, revocation.base);
  revocation.serve(ca);
  const hardware = new VirtualHardware();
  hardware.addReader('Sandbox Reader 1');
  hardware.addReader('Sandbox Reader 2');
  const pathOf = (id: string): string => join(folder, 'cards', `${id}.card`);
  const made = await Promise.all(
    sandboxCards.map(
      async (plan) =>
        await openSandboxCard(plan, pathOf(plan.id), ca, ({ authority, certificate }) =>
          book.record(plan.id, authority, certificate),
        ),
    ),
  );
  for (const { plan, card } of made) hardware.addCard(plan.id, card);
  hardware.insert('Sandbox Reader 1', 'tolvan');
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, caCertificatesOf(ca).map(pemOf).join(''));
  const issuer =
    ports.issuer === undefined
      ? undefined
      : await openSandboxIssuer({ folder, ca, caFile, certificates: book, port: ports.issuer });
  const reset = (): void => {
    resetAll(hardware, made);
    book.clear(clock.now());
    issuer?.reset();
  };
  return { hardware, trust: trustPolicyOf(ca), caFile, revocation, issuer, reset };
}

function resetAll(hardware: VirtualHardware, made: readonly SandboxCard[]): void {
  for (const { name } of hardware.readers) hardware.clearFaults(name);
  for (const { plan, resetCodes } of made) {
    const reader = hardware.state().cards.find(({ name }) => name === plan.id)?.reader;
    if (reader !== undefined) hardware.remove(reader);
    resetCodes();
    if (reader !== undefined) hardware.insert(reader, plan.id);
  }
}

function pemOf(der: Uint8Array): string {
  return new X509Certificate(der).toString();
}

async function openCa(path: string, clock: Clock, revocationBase: string | undefined): Promise<SandboxCa> {
  if (existsSync(path)) return importSandboxCa(JSON.parse(readFileSync(path, 'utf8')), { clock, revocationBase });
  // Elliptic-curve CAs are made in milliseconds; people's cards have RSA keys, as in the field.
  const ca = await createSandboxCa({ clock, keyType: 'ec-p256', revocationBase });
  writeFileSync(path, JSON.stringify(exportSandboxCa(ca)), { mode: 0o600 });
  return ca;
}
