import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kortProgram, PrivateHome, startDaemon, type RunningDaemon } from '../support/daemon.js';
import { runProcess } from '../support/run-process.js';

let home: PrivateHome;
let daemon: RunningDaemon;
beforeAll(async () => {
  home = new PrivateHome();
  daemon = await startDaemon(home, 'sandbox', ['--sandbox', '--port', '0']);
  await daemon.client.request('sandbox.insert', { card: 'tolvan-piv', reader: 'Sandbox Reader 2' });
  for (let tries = 0; (await cardsRead()) < 2; tries += 1) {
    if (tries > 200) throw new Error(`cards never read:\n${daemon.log()}`);
    await delay(50);
  }
});
afterAll(async () => {
  await daemon.stop();
  home.remove();
});

const cardsRead = async (): Promise<number> =>
  (await daemon.client.request('status.get', {})).readers.filter(({ token }) => token !== undefined).length;
const kort = (...args: readonly string[]) =>
  runProcess(process.execPath, [kortProgram, '--instance', 'sandbox', ...args], {
    env: home.env as Record<string, string>,
  });

interface Listed {
  readonly certificates: readonly {
    readonly fingerprint: string;
    readonly holder: string;
    readonly card: { readonly reader: string };
  }[];
}
const listed = async (): Promise<Listed['certificates']> =>
  (JSON.parse((await kort('certificate', 'list', '--json')).stdout) as Listed).certificates;

describe('kort certificate', () => {
  it('lists the certificates of all cards, for programs and for people', async () => {
    const certificates = await listed();
    // Two cards of one person: which comes first, their serial numbers say.
    const readers = certificates.map(({ card }) => card.reader);
    expect(readers.toSorted()).toEqual(['Sandbox Reader 1', 'Sandbox Reader 2']);
    const { stdout, code } = await kort('certificate', 'list');
    expect(code).toBe(0);
    for (const { fingerprint, holder } of certificates) {
      expect(stdout).toContain(`${fingerprint.slice(0, 16)}  ${holder}`);
    }
  });

  it('exports one that openssl reads, named by the beginning of its fingerprint', async () => {
    for (const { fingerprint } of await listed()) {
      const { stdout, code } = await kort('certificate', 'export', fingerprint.slice(0, 16));
      expect(code).toBe(0);
      const path = join(home.folder, 'exported.pem');
      writeFileSync(path, stdout);
      const openssl = await runProcess('openssl', ['x509', '-in', path, '-noout', '-fingerprint', '-sha256']);
      expect(openssl.stdout.replaceAll(':', '').toLowerCase()).toContain(fingerprint);
      const body = stdout.split('\n').filter((line) => !line.startsWith('-----'));
      expect(
        createHash('sha256')
          .update(Buffer.from(body.join(''), 'base64'))
          .digest('hex'),
      ).toBe(fingerprint);
    }
  });

  it('the inventory tells of the algorithms of all cards, of their CAs, and of relying parties', async () => {
    const { entries } = await daemon.client.request('certificate.inventory', {});
    const cards = entries.filter(({ where }) => where === 'card');
    expect(new Set(cards.map(({ fingerprint }) => fingerprint))).toEqual(
      new Set((await listed()).map(({ fingerprint }) => fingerprint)),
    );
    const issuers = entries.filter(({ where }) => where === 'issuer');
    expect(issuers.length).toBeGreaterThanOrEqual(2);
    for (const { key, signature, quantumVulnerable, use } of [...cards, ...issuers]) {
      expect([quantumVulnerable, key.quantumVulnerable, signature?.quantumVulnerable]).toEqual(['yes', true, true]);
      expect(use.length).toBeGreaterThan(0);
    }
  });

  it('says so when there is none, or the name is no fingerprint', async () => {
    const none = await kort('certificate', 'export', 'ffffffffffffffffffff', '--json');
    expect([none.code, none.stdout]).toEqual([3, expect.stringContaining('ERR_CERT_NOT_FOUND')]);
    expect((await kort('certificate', 'export', 'no-such')).code).toBe(2);
  });
});
