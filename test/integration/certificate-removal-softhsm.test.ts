import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { systemClock } from '../../src/core/ports.js';
import { createCertificateBackups } from '../../src/history/certificate-backups.js';
import { createCardLocks } from '../../src/operations/card-locks.js';
import type { PreparedCardWork } from '../../src/operations/card-work.js';
import { createCertificateCare, type CertificateCare } from '../../src/operations/certificate-care.js';
import { createCertificatesInUse } from '../../src/operations/certificates-in-use.js';
import { mergeTokens } from '../../src/tokens/merged-tokens.js';
import type { TokenRegistry } from '../../src/tokens/token-registry.js';
import { hostProgramFromSource } from '../support/module-host.js';
import { createPkcs11Bench, type Pkcs11Bench } from '../support/pkcs11-bench.js';
import { recordingHistory } from '../support/recording-history.js';
import { recordingLogger } from '../support/recording-logger.js';
import { selfSigned } from '../support/self-signed-certificate.js';
import { createSoftHsm } from '../support/softhsm.js';
import { secretOf } from '../support/token-bench.js';

/* Removal and restore through a module's process, a restart between them; pkcs11-tool tells what is there. */
const pin = '123456';
const label = 'TEST care';
const host = hostProgramFromSource();
const hsm = createSoftHsm();
const folder = mkdtempSync(join(tmpdir(), 'kort-care-hsm-'));
const logger = recordingLogger();
const backups = createCertificateBackups(folder, logger);
const signal = new AbortController().signal;
afterAll(() => {
  hsm.remove();
  host.remove();
  rmSync(folder, { recursive: true });
});

const noCards: TokenRegistry = {
  entries: [],
  subscribe: () => () => undefined,
  findToken: () => undefined,
  writableToken: () => Promise.resolve(undefined),
  close: () => Promise.resolve(),
};

/** Opens the module anew, as after a restart, for as long as `work` takes. */
async function withCare<T>(work: (care: CertificateCare, bench: Pkcs11Bench) => Promise<T>): Promise<T> {
  const bench = createPkcs11Bench([hsm.module], { program: host.program });
  await bench.token(label);
  const care = createCertificateCare({
    tokens: mergeTokens(noCards, bench.source, bench.memory),
    backups,
    journal: { all: () => Promise.resolve([]) },
    inUse: createCertificatesInUse(),
    locks: createCardLocks(),
    judge: () => ({ usable: false, reason: 'untrusted' }),
    history: recordingHistory(),
    clock: systemClock,
    logger,
  });
  try {
    return await work(care, bench);
  } finally {
    await bench.source.close();
  }
}

const run = (prepared: PreparedCardWork) =>
  prepared.run({ pin: secretOf(pin) }, { lastTryConsent: false, signal, onStep: () => undefined });
const objects = (kind: string): number =>
  hsm.pkcs11Tool('--token-label', label, '--login', '--pin', pin, '--list-objects', '--type', kind).split('Object;')
    .length - 1;

it('a certificate of a module leaves it, its key stays, and they find each other again after a restart', async () => {
  hsm.initToken(label, pin);
  hsm.store(label, pin, '01', selfSigned('TEST one', 'p256'));
  hsm.store(label, pin, '02', selfSigned('TEST two'));
  const before = [objects('cert'), objects('privkey')];
  const fingerprint = await withCare(async (care, { source }) => {
    const held = source.entries.flatMap(({ certificates = [] }) => certificates);
    const [one] = held.filter(({ certificate }) => certificate.person.commonName === 'TEST two');
    const prepared = await care.prepareRemoval({ fingerprint: one!.certificate.fingerprint, withKey: false }, signal);
    expect(prepared.question).toMatchObject({ undoable: true, leavesNoLogin: false, codes: ['pin'] });
    await run(prepared);
    return one!.certificate.fingerprint;
  });
  expect([objects('cert'), objects('privkey')]).toEqual([before[0]! - 1, before[1]]);
  await withCare(async (care) => {
    expect(await run(await care.prepareRestore({ fingerprint }, signal))).toMatchObject({ stored: { fingerprint } });
  });
  expect([objects('cert'), objects('privkey')]).toEqual(before);
  expect(await backups.all()).toEqual([]);
});
