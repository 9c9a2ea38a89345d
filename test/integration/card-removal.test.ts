import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startCardHooks } from '../../src/app/card-hooks.js';
import { systemClock } from '../../src/core/ports.js';
import { openRemovalFile } from '../../src/history/removal-file.js';
import type { RelyingParty } from '../../src/model/relying-party.js';
import type { RemovalJwk } from '../../src/oob/logout-token.js';
import type { AcceptedOrder } from '../../src/oob/oob-service.js';
import { createRelyingPartyRegistry } from '../../src/oob/registry.js';
import { createRemovalReports, type RemovalReports } from '../../src/operations/report-removals.js';
import { createHttpClient } from '../../src/platform/http-client.js';
import { instancePaths } from '../../src/platform/paths.js';
import { verifyRemoval } from '../../src/verify/verify-removal.js';
import { recordingLogger, type RecordingLogger } from '../support/recording-logger.js';
import { createServerCa, startTls, tlsOptionsOf, type RemoteServer, type ServerCa } from '../support/remote-server.js';
import { createTestRelyingParty, entryOf } from '../support/test-relying-party.js';
import { createTokenBench, type TokenBench } from '../support/token-bench.js';

/*
 * A virtual card that is read and pulled, the file, TLS to the relying party, and its check: nothing between is played.
 */
let ca: ServerCa;
let server: RemoteServer;
let bench: TokenBench;
let folder: string;
let party: RelyingParty;
let reports: RemovalReports;
let logger: RecordingLogger;
/** What the relying party got, and how it answers. */
let got: { path: string | undefined; type: string | undefined; token: string }[];
let status: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kort-removal-'));
  ca = await createServerCa();
  got = [];
  status = 204;
  server = await startTls(tlsOptionsOf(await ca.issue(['localhost'])), (request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      const token = new URLSearchParams(body).get('logout_token') ?? '';
      got.push({ path: request.url, type: request.headers['content-type'], token });
      response.writeHead(status).end();
    });
  });
  bench = await createTokenBench();
  party = {
    ...entryOf(createTestRelyingParty()),
    endpoints: { removal: `${server.url}/removal`, caFile: ca.caFile, pins: [] },
  };
  reports = await openReports();
});
afterEach(async () => {
  await reports.close();
  await bench.close();
  await server.close();
  ca.remove();
  rmSync(folder, { recursive: true });
});

const path = (): string => join(folder, 'card-removals.json');
const openReports = async (): Promise<RemovalReports> => {
  logger = recordingLogger();
  return createRemovalReports({
    tokens: bench.registry,
    registry: () => createRelyingPartyRegistry([party]),
    http: createHttpClient(),
    memory: await openRemovalFile(path(), logger),
    clock: systemClock,
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    logger,
  });
};
const armLogin = async (): Promise<RemovalJwk> => {
  const card = bench.insertNew('A');
  const token = await bench.token(card.reader.name);
  const prepared = await reports.prepare({ id: 'order-1', relyingParty: party } as AcceptedOrder);
  if (prepared === undefined) throw new Error('nothing was prepared');
  await prepared.arm(token.info.id);
  return prepared.jwk;
};
const pull = (): void => void bench.hardware.readers.find(({ name }) => name === 'A')?.remove();

describe('card removal', () => {
  it('is told to the relying party, which can verify it', async () => {
    reports.start();
    const jwk = await armLogin();
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    pull();
    await vi.waitFor(() => expect(got).toHaveLength(1), { timeout: 40_000 });
    expect(got[0]).toMatchObject({ path: '/removal', type: 'application/x-www-form-urlencoded' });
    await expect(
      verifyRemoval(got[0]?.token ?? '', {
        clientId: party.clientId,
        keyOf: (sid) => (sid === 'order-1' ? jwk : undefined),
        consumeJti: () => true,
      }),
    ).resolves.toMatchObject({ sid: 'order-1' });
    await vi.waitFor(() => expect(readFileSync(path(), 'utf8')).toBe('{}\n'), { timeout: 40_000 });
  });

  it('is told by the next process, when this one could not', async () => {
    reports.start();
    await armLogin();
    status = 503;
    pull();
    await vi.waitFor(() => expect(got).toHaveLength(1), { timeout: 40_000 });
    await reports.close();
    status = 200;
    reports = await openReports();
    reports.start();
    await vi.waitFor(() => expect(got).toHaveLength(2), { timeout: 40_000 });
    const idOf = (token = ''): unknown =>
      (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { jti: string }).jti;
    expect(idOf(got[1]?.token)).toBe(idOf(got[0]?.token));
    expect(got[1]?.token).not.toBe(got[0]?.token);
  });

  it('is told to nobody who cannot show who it is', async () => {
    party = { ...party, endpoints: { ...party.endpoints, pins: [`${'A'.repeat(43)}=`] } };
    reports.start();
    await armLogin();
    pull();
    const failure = expect.objectContaining({ fields: expect.objectContaining({ reason: 'pin' }) as object }) as object;
    await vi.waitFor(() => expect(logger.lines).toContainEqual(failure), { timeout: 40_000 });
    expect(got).toEqual([]);
    await vi.waitFor(() => expect(readFileSync(path(), 'utf8')).toContain('removedAt'), { timeout: 40_000 });
  });
});

describe('startCardHooks()', () => {
  it('runs the user’s programs with the card that came and went', async () => {
    const paths = { ...instancePaths('default'), config: join(folder, 'config'), system: join(folder, 'system') };
    for (const base of [paths.config, paths.system]) mkdirSync(join(base, 'hooks.d'), { recursive: true });
    const write = (base: string, name: string): void =>
      writeFileSync(
        join(base, 'hooks.d', name),
        `#!/bin/sh\necho "$KORT_EVENT $KORT_READER $KORT_TOKEN" >>${folder}/told\n`,
        { mode: 0o755 },
      );
    write(paths.config, 'on-insert');
    write(paths.config, 'on-remove');
    write(paths.system, 'on-insert');
    const stop = startCardHooks({ paths, sandbox: true, tokens: bench.registry, logger });
    const told = (): string => readFileSync(join(folder, 'told'), 'utf8');
    bench.insertNew('A');
    const { info } = await bench.token('A');
    await vi.waitFor(() => expect(told()).toBe(`on-insert A ${info.id}\n`), { timeout: 40_000 });
    pull();
    await vi.waitFor(() => expect(told()).toBe(`on-insert A ${info.id}\non-remove A ${info.id}\n`), {
      timeout: 20_000,
    });
    await stop();
  });
});
