import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ControlClient } from '../../src/client/client.js';
import type { BegunCardWork, IssuerSession } from '../../src/control-contract/certificates.js';
import { systemClock } from '../../src/core/ports.js';
import type { CardWorkOutcome, CardWorkRequest } from '../../src/model/card-work.js';
import type { CertificateOrderKind } from '../../src/model/certificate-order.js';
import type { DownloadRecord } from '../../src/model/download.js';
import type { VirtualHardware } from '../../src/sandbox/hardware/virtual-hardware.js';
import { startVirtualPcscService } from '../../src/sandbox/pcsc-service/virtual-pcsc-service.js';
import type { SandboxIssuer } from '../../src/sandbox/issuer/sandbox-issuer.js';
import { sandboxPin } from '../../src/sandbox/sandbox-cards.js';
import { openSandboxWorld, type SandboxWorld } from '../../src/sandbox/sandbox-world.js';
import { AutomaticSurface } from './automatic-surface.js';
import { PrivateHome, startDaemon, type RunningDaemon } from './daemon.js';
import { secretOf } from './token-bench.js';

/** The sandbox's cards and issuer in this process, and the built daemon as another one that reaches them as if they were real. */
export interface DownloadWorld {
  readonly home: PrivateHome;
  readonly world: SandboxWorld;
  readonly issuer: SandboxIssuer;
  daemon: RunningDaemon;
  surface: AutomaticSurface;
  readonly client: ControlClient;
  /** Puts this card alone into the first reader, and waits until the daemon has read it. */
  insert(card: string): Promise<void>;
  /** Leaves no card in any reader. */
  removeAll(): Promise<void>;
  /** What waits for a card's holder, after it was ordered; the session in which it can be fetched. */
  order(card: string, kind?: CertificateOrderKind): Promise<{ session: IssuerSession; orderId: string }>;
  begin(request: CardWorkRequest): Promise<BegunCardWork>;
  run(begun: BegunCardWork, codes?: Partial<Record<'pin' | 'managementKey', string>>): Promise<CardWorkOutcome>;
  download(card: string, kind?: CertificateOrderKind): Promise<CardWorkOutcome>;
  resume(record?: Pick<DownloadRecord, 'id'>): Promise<CardWorkOutcome>;
  /** Records as they lie on the disk. */
  journal(): readonly DownloadRecord[];
  start(): Promise<void>;
  close(): Promise<void>;
}

export const firstReader = 'Sandbox Reader 1';

/**
 * Opens all of it.
 *
 * @param issuerPort - the first that is tried.
 * @param options - `prepare` writes more files of the daemon before it starts; `plug` lets it reach the readers some
 *   other way than by a virtual PC/SC service.
 */
export async function openDownloadWorld(
  instance: string,
  issuerPort: number,
  options: {
    readonly prepare?: (home: PrivateHome) => Promise<void>;
    readonly plug?: (hardware: VirtualHardware, home: PrivateHome) => Promise<() => Promise<void> | void>;
  } = {},
): Promise<DownloadWorld> {
  const home = new PrivateHome();
  const sandbox = await openSandboxWorld(join(home.folder, 'sandbox'), systemClock, { issuer: issuerPort });
  const { hardware, issuer, caFile } = sandbox;
  if (issuer?.isServed !== true) throw new Error('no issuer');
  const unplug = await (options.plug ?? plugVirtually)(hardware, home);
  registerIssuer(home, instance, issuer, caFile);
  await options.prepare?.(home);
  const start = async (): Promise<void> => {
    const daemon = await startDaemon(home, instance, ['--port', '0', '--experimental-idprime-writing']);
    Object.assign(stage, { daemon, client: daemon.client });
    stage.surface = await AutomaticSurface.attach(daemon.client, sandboxPin);
  };
  const tokens = async (): Promise<number> =>
    (await stage.client.request('status.get', {})).readers.filter(({ token }) => token?.id.startsWith('card:')).length;
  const state = join(home.folder, 'state', 'kort', instance, 'downloads');

  const stage = {
    ...{ home, world: sandbox, issuer, start },
    async removeAll() {
      for (const { name } of hardware.readers) {
        hardware.clearFaults(name);
        hardware.remove(name);
      }
      await until(async () => (await tokens()) === 0, 'no card');
    },
    async insert(card) {
      await stage.removeAll();
      hardware.insert(firstReader, card);
      await until(async () => (await tokens()) === 1, 'one card');
    },
    async order(card, kind = 'extra') {
      const { id: orderId } = issuer.order(card, kind);
      const session = await stage.client.request('issuer.signIn', {}, { timeoutMs: 60_000 });
      return { session, orderId };
    },
    begin: async (request) => await stage.client.request('card.begin', request, { timeoutMs: 60_000 }),
    async run({ tickets, operationId }, codes = { pin: sandboxPin }) {
      for (const [name, ticket] of Object.entries(tickets)) {
        await stage.client.sendPin(ticket, secretOf(codes[name as 'pin'] ?? ''), { lastTryConsent: false });
      }
      return await stage.client.request('card.run', { operationId, lastTryConsent: false }, { timeoutMs: 120_000 });
    },
    async download(card, kind) {
      const { session, orderId } = await stage.order(card, kind);
      return await stage.run(await stage.begin({ work: 'download', session: session.session, orderId }));
    },
    async resume(record) {
      const [first] = (await stage.client.request('download.list', {})).downloads;
      const { session } = await stage.client.request('issuer.signIn', {}, { timeoutMs: 60_000 });
      const downloadId = record?.id ?? first?.id ?? '';
      return await stage.run(await stage.begin({ work: 'resume', downloadId, session }));
    },
    journal: () => filesIn(state).map((name) => JSON.parse(readFileSync(join(state, name), 'utf8')) as DownloadRecord),
    async close() {
      await stage.daemon.stop();
      await unplug();
      await issuer.close();
      await sandbox.revocation.close();
      home.remove();
    },
  } as Omit<DownloadWorld, 'daemon' | 'surface' | 'client'> as DownloadWorld;
  await start();
  return stage;
}

/** Waits for something about the daemon to come true. */
export async function until(isTrue: () => Promise<boolean>, what: string): Promise<void> {
  for (let waited = 0; !(await isTrue()); waited += 20) {
    if (waited > 20_000) throw new Error(`never: ${what}`);
    await delay(20);
  }
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
}

async function plugVirtually(readers: VirtualHardware, home: PrivateHome): Promise<() => Promise<void>> {
  const socketPath = join(home.folder, 'pcscd.comm');
  const service = await startVirtualPcscService({ socketPath, readers });
  home.env['PCSCLITE_CSOCK_NAME'] = socketPath;
  return () => service.close();
}

/** As an administrator's or user's file would: whom to trust, and where certificates are downloaded from. */
function registerIssuer(home: PrivateHome, instance: string, { entry }: SandboxIssuer, caFile: string): void {
  const config = join(home.folder, 'config', 'kort', instance);
  for (const folder of ['trust.d', 'relying-parties.d'])
    mkdirSync(join(config, folder), { recursive: true, mode: 0o700 });
  writeFileSync(join(config, 'trust.d', 'sandbox.pem'), readFileSync(caFile), { mode: 0o600 });
  const file = join(config, 'relying-parties.d', 'issuer.json');
  writeFileSync(file, JSON.stringify(entry), { mode: 0o600 });
}
