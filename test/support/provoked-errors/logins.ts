import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseKortLink } from '../../../src/core/kort-link.js';
import { systemClock } from '../../../src/core/ports.js';
import { bindLoopback, closeServer } from '../../../src/daemon/loopback/bind.js';
import type { AcceptedOrder, OobLaunches, OobService } from '../../../src/oob/oob-service.js';
import { createOobService } from '../../../src/oob/create-oob-service.js';
import { createRelyingPartyCalls } from '../../../src/oob/relying-party-calls.js';
import { createRelyingPartyRegistry } from '../../../src/oob/registry.js';
import { describePortOwner } from '../../../src/platform/peer-lookup-listener.js';
import { createHttpClient } from '../../../src/platform/http-client.js';
import { linuxLinkRegistration } from '../../../src/platform/link-registration-linux.js';
import { heldRunner, type HeldRun } from '../held-runner.js';
import { memoryReplay } from '../memory-replay.js';
import { orderStage } from '../order-stage.js';
import { recordingLogger } from '../recording-logger.js';
import { createServerCa, startPlain, startTls, tlsOptionsOf } from '../remote-server.js';
import { scriptedCalls, type ScriptedCalls } from '../scripted-calls.js';
import { jsonAnswer, scriptedHttp } from '../scripted-http.js';
import { createTestRelyingParty, entryOf, signedRequest } from '../test-relying-party.js';
import type { Provocation, Provocations } from './provocation.js';

const party = createTestRelyingParty();
const entry = entryOf(party, {
  launchers: ['page', 'redirect', 'scheme'],
  request_endpoint: `${party.page.origin!}/request`,
  response_endpoint: `${party.page.origin!}/response`,
});
const never = new AbortController().signal;
const ref = 'r'.repeat(22);
const ids = { clientId: String(party.json['client_id']), ref, launcher: 'scheme', origin: undefined } as const;
const now = () => Math.floor(Date.now() / 1000);
/** A request object that is new now. */
const fresh = (changes: Readonly<Record<string, unknown>> = {}): string =>
  signedRequest(party, { iat: now(), exp: now() + 300, ...changes });

interface Desk {
  readonly service: OobService & OobLaunches;
  readonly calls: ScriptedCalls;
  readonly runs: HeldRun[];
}

/** The core of the protocol, with orders that wait for an end. */
const atDesk =
  (work: (desk: Desk) => unknown): Provocation =>
  async () => {
    const runs: HeldRun[] = [];
    const calls = scriptedCalls();
    const service = createOobService({
      ...{ calls, runner: heldRunner(runs), replay: memoryReplay(), clock: systemClock },
      registry: () => createRelyingPartyRegistry([entry]),
      random: (length) => randomBytes(length),
      logger: recordingLogger(),
    });
    try {
      await work({ service, calls, runs });
    } finally {
      await service.close();
    }
  };

const httpClient = createHttpClient();
const get = (url: string) =>
  httpClient.send({ method: 'GET', url, accept: 'application/json', trust: { pins: [] }, signal: never });

/** A relying party on the network answers this. */
const callsTo = (status: number) => {
  const http = scriptedHttp();
  http.answer = () => jsonAnswer({}, { status });
  return createRelyingPartyCalls({ http, clock: systemClock });
};

export const loginProvocations: Provocations<'OOB' | 'LINK' | 'REMOTE'> = {
  ERR_OOB_INVALID_PARAMETERS: atDesk(({ service }) => service.launch({ ...ids, ref: 'short' })),
  ERR_OOB_UNAUTHORIZED: atDesk(({ service }) => {
    const stranger = createTestRelyingParty('stranger');
    return service.start(signedRequest(stranger, { iat: now(), exp: now() + 300 }), stranger.page, 'auth');
  }),
  ERR_OOB_CLOCK: atDesk(({ service }) =>
    service.start(fresh({ iat: now() + 3600, exp: now() + 3900 }), party.page, 'auth'),
  ),
  ERR_OOB_ALREADY_IN_PROGRESS: atDesk(async ({ service, runs }) => {
    await service.start(fresh(), party.page, 'auth');
    runs[0]!.progress.promptOpen(true);
    await service.start(fresh(), party.page, 'auth');
  }),
  ERR_OOB_TOO_MANY_REQUESTS: atDesk(({ service }) => {
    service.launch(ids);
    service.launch({ ...ids, ref: 's'.repeat(22) });
  }),
  ERR_OOB_NOT_FOUND: atDesk(({ service }) => service.collect('A'.repeat(43), party.page, 0, never)),
  ERR_OOB_PORT_TAKEN: async () => {
    const first = await bindLoopback({ port: 0, onConnection: (socket) => socket.destroy() });
    try {
      await bindLoopback({
        port: first.port,
        onConnection: (socket) => socket.destroy(),
        describeOwner: describePortOwner,
      });
    } finally {
      await Promise.all(first.servers.map(closeServer));
    }
  },
  ERR_OOB_LINK: () => parseKortLink('kort:nothing'),
  ERR_OOB_LINK_USED: atDesk(async ({ service, calls }) => {
    const launch = service.launch(ids);
    calls.take('fetchRequest').answer({ request: 'a.b.c', date: undefined });
    await launch.changed(launch.state, 2000, never);
    service.launch(ids);
  }),
  ERR_OOB_CONFIRMATION_CODE: async () => {
    const unbound: Partial<AcceptedOrder> = { bound: false, launcher: 'scheme', confirmationCode: 'AB23CD' };
    const { surface, set, card, login, controller } = orderStage();
    set(card('a'));
    const running = login(unbound);
    await surface.until('code');
    surface.answer({ kind: 'code', code: 'AB23CE' });
    const { problem } = await surface.until('code', (view) => view.problem !== undefined);
    controller.abort();
    await running;
    return problem;
  },
  ERR_OOB_REQUEST_FAILED: () => callsTo(404).fetchRequest(entry, { ref, walletNonce: 'w'.repeat(43) }, never),
  ERR_OOB_DELIVERY_FAILED: () => callsTo(500).postResponse(entry, { assertion: 'a.b.c', ref }, never),
  ERR_LINK_REGISTRATION: async () => {
    const home = mkdtempSync(join(tmpdir(), 'kort-link-'));
    try {
      // No program of the desktop is on this path.
      await linuxLinkRegistration(
        { command: ['/usr/bin/kort'], instance: undefined },
        { HOME: home, XDG_DATA_HOME: home, PATH: home },
      ).register();
    } finally {
      rmSync(home, { recursive: true });
    }
  },
  ERR_REMOTE_UNREACHABLE: async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    await get(`http://127.0.0.1:${port}/`);
  },
  ERR_REMOTE_TLS: async () => {
    const ca = await createServerCa();
    const server = await startTls(tlsOptionsOf(await ca.issue(['localhost'])), (_request, response) => response.end());
    try {
      await get(`${server.url}/`);
    } finally {
      await server.close();
      ca.remove();
    }
  },
  ERR_REMOTE_RESPONSE: async () => {
    const server = await startPlain((_request, response) => response.end('x'.repeat(70_000)));
    try {
      await get(`${server.url}/`);
    } finally {
      await server.close();
    }
  },
};
