import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { serialOf } from '../../src/sandbox/ca/authority-parts.js';
import { writeRevocationList, type ListContents } from '../../src/sandbox/ca/revocation-list.js';
import type { ListedCertificate } from '../../src/sandbox/ca/revocation-reason.js';
import { extensionOf } from '../../src/sandbox/ca/sign-der.js';
import { createRevocationChecker } from '../../src/verify/verify.js';
import { createRevocationStage, writePem, type RevocationStage } from '../support/revocation-stage.js';
import { runProcess } from '../support/run-process.js';

/** Full lists and delta lists of one CA as the test wants them: what our checker says of both, and what openssl says. */
let stage: RevocationStage;
let now: number;
let served: Map<string, Uint8Array>;
let calls: string[];
let files: { readonly chain: string; readonly leaf: string };
const minute = 60_000;

beforeAll(async () => {
  stage = await createRevocationStage();
  const [issuer] = stage.tolvan.caCertificates;
  files = {
    chain: writePem(stage.folder, 'chain', issuer!, stage.ca.authorities.root.certificate),
    leaf: writePem(stage.folder, 'leaf', stage.tolvan.certificate),
  };
});
beforeEach(() => {
  now = Date.now();
  served = new Map();
  calls = [];
  serve('root', 'full', { revoked: [], number: 1 });
});
afterAll(async () => await stage.close());

const listed = (reason: ListedCertificate['reason']): ListedCertificate => ({
  serial: serialOf(stage.tolvan.certificate),
  revokedAt: now - minute,
  reason,
});
const another: ListedCertificate = { serial: Uint8Array.of(0x41, 2, 3), revokedAt: 0, reason: 'superseded' };

function serve(
  name: 'hsaId3' | 'root' | 'personId3',
  kind: 'full' | 'delta',
  contents: Partial<ListContents> & Pick<ListContents, 'revoked' | 'number'>,
  at = name,
): void {
  const times = { thisUpdate: now - minute, nextUpdate: now + 10 * minute };
  const list = writeRevocationList(stage.ca.authorities[name], { ...times, ...contents });
  served.set(`${stage.base}/crl/${at}${kind === 'delta' ? '.delta' : ''}.crl`, list);
}

const newChecker = () =>
  createRevocationChecker({
    hosts: [new URL(stage.base).host],
    sources: ['crl'],
    listRefreshSeconds: 100,
    fetch: async ({ url }) => {
      calls.push(url.slice(stage.base.length));
      const list = served.get(url);
      // eslint-disable-next-line @typescript-eslint/require-await -- a body in one piece
      const body = (async function* () {
        yield list ?? new Uint8Array();
      })();
      return await Promise.resolve({ status: list === undefined ? 404 : 200, body });
    },
  });
const ours = async (checker = newChecker()) => await checker.check(stage.path, now);

/** `good` or `revoked`, by openssl with the same two lists. */
async function theirs(): Promise<string> {
  const lists = await Promise.all(
    ['hsaId3.crl', 'hsaId3.delta.crl'].map(async (name) => {
      const der = served.get(`${stage.base}/crl/${name}`);
      if (der === undefined) return [];
      const path = join(stage.folder, name);
      writeFileSync(path, der);
      await runProcess('openssl', ['crl', '-inform', 'DER', '-in', path, '-out', `${path}.pem`]);
      return ['-CRLfile', `${path}.pem`];
    }),
  );
  const how = ['-crl_check', '-extended_crl', '-use_deltas', '-CAfile', files.chain];
  const { code, stdout, stderr } = await runProcess('openssl', ['verify', ...how, ...lists.flat(), files.leaf]);
  if (code === 0) return 'good';
  return `${stdout}${stderr}`.includes('certificate revoked') ? 'revoked' : `unknown: ${stdout}${stderr}`;
}

describe('a list of what has changed since', () => {
  it.each<[string, 'good' | 'revoked', () => void]>([
    [
      'names a certificate that was revoked since',
      'revoked',
      () => {
        serve('hsaId3', 'full', { revoked: [another], number: 10 });
        serve('hsaId3', 'delta', { revoked: [listed('keyCompromise')], number: 12, baseNumber: 10 });
      },
    ],
    [
      'says nothing of one that the full list names',
      'revoked',
      () => {
        serve('hsaId3', 'full', { revoked: [listed('certificateHold')], number: 10 });
        serve('hsaId3', 'delta', { revoked: [another], number: 12, baseNumber: 9 });
      },
    ],
    [
      'takes one from the full list',
      'good',
      () => {
        serve('hsaId3', 'full', { revoked: [listed('certificateHold')], number: 10 });
        serve('hsaId3', 'delta', { revoked: [another, listed('removeFromCRL')], number: 11, baseNumber: 10 });
      },
    ],
    [
      'is empty',
      'good',
      () => {
        serve('hsaId3', 'full', { revoked: [another], number: 10 });
        serve('hsaId3', 'delta', { revoked: [], number: 11, baseNumber: 10 });
      },
    ],
    ['is not there', 'revoked', () => serve('hsaId3', 'full', { revoked: [listed('superseded')], number: 10 })],
    [
      'begins after the full list',
      'good',
      () => {
        serve('hsaId3', 'full', { revoked: [], number: 10 });
        serve('hsaId3', 'delta', { revoked: [listed('superseded')], number: 15, baseNumber: 12 });
      },
    ],
    [
      'is older than the full list',
      'good',
      () => {
        serve('hsaId3', 'full', { revoked: [], number: 10 });
        serve('hsaId3', 'delta', { revoked: [listed('superseded')], number: 9, baseNumber: 8 });
      },
    ],
    [
      'is of another CA',
      'good',
      () => {
        serve('hsaId3', 'full', { revoked: [], number: 10 });
        serve('personId3', 'delta', { revoked: [listed('superseded')], number: 11, baseNumber: 10 }, 'hsaId3');
      },
    ],
    [
      'is of users only, and the full list of all',
      'good',
      () => {
        const usersOnly = extensionOf('2.5.29.28', Buffer.from('30038101ff', 'hex'), true);
        serve('hsaId3', 'full', { revoked: [], number: 10 });
        serve('hsaId3', 'delta', {
          ...{ revoked: [listed('superseded')], number: 11, baseNumber: 10, extensions: [usersOnly] },
        });
      },
    ],
  ])('that %s makes it %s, to us and to openssl', async (_what, status, serveLists) => {
    serveLists();
    expect(await ours()).toMatchObject({ status });
    expect(await theirs()).toBe(status);
  });

  it('counts no longer than itself', async () => {
    serve('hsaId3', 'full', { revoked: [], number: 10 });
    serve('hsaId3', 'delta', { revoked: [], number: 11, baseNumber: 10, nextUpdate: now + minute });
    const until = Math.floor((now + minute) / 1000) * 1000;
    expect(await ours()).toEqual({ status: 'good', validUntil: until });
  });

  it('that begins after the list that is held has that fetched anew, once', async () => {
    const checker = newChecker();
    serve('hsaId3', 'full', { revoked: [], number: 10 });
    expect(await ours(checker)).toMatchObject({ status: 'good' });
    serve('hsaId3', 'full', { revoked: [listed('superseded')], number: 20 });
    serve('hsaId3', 'delta', { revoked: [], number: 21, baseNumber: 20 });
    now += 11_000;
    calls = [];
    expect(await ours(checker)).toMatchObject({ status: 'revoked' });
    expect(calls.filter((url) => url.includes('hsaId3'))).toEqual(['/crl/hsaId3.delta.crl', '/crl/hsaId3.crl']);
    // A CA whose full list never gets there is not asked for it at every check.
    serve('hsaId3', 'delta', { revoked: [], number: 31, baseNumber: 30 });
    now += 101_000;
    await ours(checker);
    calls = [];
    for (let more = 0; more < 3; more += 1) await ours(checker);
    expect(calls).toEqual([]);
  });

  it('is no full list, and what it alone may say makes a full list no list', async () => {
    serve('hsaId3', 'full', { revoked: [], number: 11, baseNumber: 10 });
    expect(await ours()).toMatchObject({ status: 'unknown', reason: 'not-valid' });
    serve('hsaId3', 'full', { revoked: [listed('removeFromCRL')], number: 11 });
    expect(await ours()).toMatchObject({ status: 'unknown', reason: 'not-valid' });
  });

  it('is not replaced by an older one', async () => {
    const checker = newChecker();
    serve('hsaId3', 'full', { revoked: [], number: 10 });
    serve('hsaId3', 'delta', { revoked: [listed('superseded')], number: 12, baseNumber: 10 });
    expect(await ours(checker)).toMatchObject({ status: 'revoked' });
    serve('hsaId3', 'delta', { revoked: [], number: 11, baseNumber: 10 });
    now += 101_000;
    expect(await ours(checker)).toMatchObject({ status: 'revoked' });
  });

  it('goes on to revoke after its end when the next one is kept back, and makes good no longer', async () => {
    const checker = newChecker();
    const nextUpdate = now + minute;
    serve('hsaId3', 'full', { revoked: [], number: 10 });
    serve('hsaId3', 'delta', { revoked: [listed('superseded')], number: 12, baseNumber: 10, nextUpdate });
    expect(await ours(checker)).toMatchObject({ status: 'revoked' });
    const held = newChecker();
    serve('hsaId3', 'full', { revoked: [listed('certificateHold')], number: 10 });
    serve('hsaId3', 'delta', { revoked: [listed('removeFromCRL')], number: 12, baseNumber: 10, nextUpdate });
    expect(await ours(held)).toMatchObject({ status: 'good' });
    served.delete(`${stage.base}/crl/hsaId3.delta.crl`);
    now += 2 * minute;
    expect(await ours(held)).toMatchObject({ status: 'revoked', reason: 'certificateHold' });
    serve('hsaId3', 'full', { revoked: [], number: 10 });
    expect(await ours(checker)).toMatchObject({ status: 'revoked', reason: 'superseded' });
    serve('hsaId3', 'full', { revoked: [], number: 13 });
    now += 101_000;
    expect(await ours(checker)).toMatchObject({ status: 'good' });
  });

  it('on another host is not fetched', async () => {
    serve('hsaId3', 'full', { revoked: [], number: 10 });
    const elsewhere = createRevocationChecker({
      hosts: ['elsewhere.example'],
      sources: ['crl'],
      fetch: () => Promise.reject(new Error('called')),
    });
    expect(await elsewhere.check(stage.path, now)).toMatchObject({ reason: 'host-not-listed' });
  });
});
