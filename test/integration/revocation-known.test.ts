import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openRevocation, type RevocationContext } from '../../src/app/revocation.js';
import { systemClock } from '../../src/core/ports.js';
import { parseCertificate } from '../../src/pki/certificate.js';
import { createSandboxCa, issuePerson, trustPolicyOf } from '../../src/sandbox/ca/sandbox-ca.js';
import { testPeople } from '../../src/sandbox/ca/person.js';
import type { TokenEntry, TokenRegistry } from '../../src/tokens/token-registry.js';
import type { RevocationWatch } from '../../src/operations/revocation-watch.js';
import { recordingLogger } from '../support/recording-logger.js';
import { startPlain } from '../support/remote-server.js';
import { createRevocationStage, type RevocationStage } from '../support/revocation-stage.js';

let stage: RevocationStage;
let folder: string;
let runs = 0;
beforeAll(async () => {
  stage = await createRevocationStage();
});
beforeEach(() => {
  stage.revocation.restore('tolvan');
  folder = join(stage.folder, `state-${(runs += 1)}`);
  for (const name of ['state', 'config', 'system']) mkdirSync(join(folder, name), { recursive: true, mode: 0o700 });
});
afterAll(async () => await stage.close());

const contextOf = (certificate: Uint8Array, change: Partial<RevocationContext> = {}): RevocationContext => {
  const entry = { reader: 'reader 1', state: 'ready', certificates: [{ certificate: parseCertificate(certificate) }] };
  return {
    paths: {
      ...{ instance: 'test', runtime: folder, controlSocket: '', log: '' },
      ...{ state: join(folder, 'state'), config: join(folder, 'config'), system: join(folder, 'system') },
    },
    sandbox: true,
    trust: trustPolicyOf(stage.ca),
    tokens: { entries: [entry as TokenEntry], subscribe: () => () => undefined } as unknown as TokenRegistry,
    clock: systemClock,
    logger: recordingLogger(),
    ...change,
  };
};

/** What is known of a card that has just come, once it is. */
async function learn(context: RevocationContext): Promise<unknown> {
  const watch = await openRevocation(context);
  const fingerprint = context.tokens.entries[0]!.certificates![0]!.certificate.fingerprint;
  try {
    for (;;) {
      const state = watch.of(fingerprint);
      if (state?.status !== 'checking') return state;
      await news(watch);
    }
  } finally {
    await watch.close();
  }
}

async function news(watch: RevocationWatch): Promise<void> {
  await new Promise<void>((resolve) => void watch.subscribe(resolve));
}

describe('openRevocation()', () => {
  it('finds out from the addresses in a certificate, and remembers it over a restart', async () => {
    expect(await learn(contextOf(stage.tolvan.certificate))).toMatchObject({ status: 'good' });
    stage.revocation.revoke('tolvan', 'keyCompromise');
    // The answer still counts, and is not asked for anew.
    expect(await learn(contextOf(stage.tolvan.certificate))).toMatchObject({ status: 'good' });
    expect(readFileSync(join(folder, 'state', 'revocation.json'), 'utf8')).toContain('"good"');
    writeFileSync(join(folder, 'state', 'revocation.json'), '{"broken');
    expect(await learn(contextOf(stage.tolvan.certificate))).toMatchObject({
      ...{ status: 'revoked', certificate: 'leaf', reason: 'keyCompromise' },
    });
  });

  it('calls nobody for a stranger, whose certificate leads to nobody trusted', async () => {
    let calls = 0;
    const server = await startPlain((_request, response) => {
      calls += 1;
      response.end();
    });
    const ca = await createSandboxCa({ clock: systemClock, keyType: 'ec-p256', revocationBase: server.url });
    const stranger = await issuePerson(ca, { ...testPeople.tolvan, keyType: 'ec-p256' });
    expect(await learn(contextOf(stranger.certificate))).toBeUndefined();
    const trusting = contextOf(stranger.certificate, { trust: trustPolicyOf(ca) });
    expect(await learn(trusting)).toMatchObject({ status: 'unknown', reason: 'response' });
    const expected = calls;
    expect(expected).toBeGreaterThan(0);
    expect(await learn(contextOf(stranger.certificate))).toBeUndefined();
    expect(calls).toBe(expected);
    await server.close();
  });

  it('calls nothing on this computer, but in a sandbox', async () => {
    const outside = contextOf(stage.tolvan.certificate, { sandbox: false });
    expect(await learn(outside)).toMatchObject({ status: 'unknown', reason: 'host-not-listed' });
    let calls = 0;
    const server = await startPlain((_request, response) => {
      calls += 1;
      response.end();
    });
    const revocationBase = `http://localhost:${server.port}`;
    const ca = await createSandboxCa({ clock: systemClock, keyType: 'ec-p256', revocationBase });
    const person = await issuePerson(ca, { ...testPeople.tolvan, keyType: 'ec-p256' });
    const named = contextOf(person.certificate, { sandbox: false, trust: trustPolicyOf(ca) });
    expect(await learn(named)).toMatchObject({ status: 'unknown', reason: 'unreachable' });
    expect(calls).toBe(0);
    await server.close();
  });

  it('asks nobody, or only some, where the configuration says so', async () => {
    const settings = join(folder, 'config', 'revocation.json');
    writeFileSync(settings, JSON.stringify({ check: false }), { mode: 0o600 });
    expect(await learn(contextOf(stage.tolvan.certificate))).toBeUndefined();
    writeFileSync(settings, JSON.stringify({ hosts: ['OCSP.example'] }));
    expect(await learn(contextOf(stage.tolvan.certificate))).toMatchObject({ reason: 'host-not-listed' });
    writeFileSync(settings, JSON.stringify({ hosts: [new URL(stage.base).host] }));
    expect(await learn(contextOf(stage.tolvan.certificate))).toMatchObject({ status: 'good' });
  });

  it('uses no settings that make no sense, says so, and asks nobody: they may have been a prohibition', async () => {
    writeFileSync(join(folder, 'config', 'revocation.json'), '{"chekc":false}', { mode: 0o600 });
    const logger = recordingLogger();
    expect(await learn(contextOf(stage.tolvan.certificate, { logger }))).toBeUndefined();
    expect(JSON.stringify(logger)).toContain('ERR_CONFIG_INVALID');
  });

  it('ends at once, whoever does not answer', async () => {
    const server = await startPlain(() => undefined);
    const ca = await createSandboxCa({ clock: systemClock, keyType: 'ec-p256', revocationBase: server.url });
    const person = await issuePerson(ca, { ...testPeople.tolvan, keyType: 'ec-p256' });
    const watch = await openRevocation(contextOf(person.certificate, { trust: trustPolicyOf(ca) }));
    await watch.close();
    await server.close();
  });
});
