import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { MiddlewareError } from '../../../src/core/errors.js';
import type { CardWorkStep } from '../../../src/model/card-work.js';
import type { HistoryEvent } from '../../../src/model/history.js';
import type { CertificateVerdict } from '../../../src/operations/candidates.js';
import { openCareStage, type CareStage } from '../../support/care-stage.js';
import { contractCardKinds } from '../../support/contract-cards.js';
import { isWiped, secretOf } from '../../support/token-bench.js';

let stage: CareStage;
afterEach(() => stage.close());

const signal = new AbortController().signal;
const kindOf = (name: string) => contractCardKinds.find((kind) => kind.name === name)!;
const idPrime = kindOf('IDPrime 940');
const fingerprints = (): readonly string[] => stage.held().map(({ certificate }) => certificate.fingerprint);
const open = async (...args: Partial<Parameters<typeof openCareStage>>): Promise<string> => {
  stage = await openCareStage(args[0] ?? idPrime, args[1]);
  return fingerprints()[0]!;
};
const refusal = async (work: Promise<unknown>): Promise<MiddlewareError> => {
  const error: unknown = await work.then(
    () => new Error('it went well'),
    (failure: unknown) => failure,
  );
  if (error instanceof MiddlewareError) return error;
  throw error;
};
const prepare = (fingerprint: string, withKey = false) => stage.care.prepareRemoval({ fingerprint, withKey }, signal);
const tries = (): number => stage.subject.attempts(stage.registry.entries[0]!.token!.info.pins[0]!.reference);
const changes = (): readonly HistoryEvent[] =>
  stage.history.events.filter(({ kind }) => kind.startsWith('certificate-'));
const pinTries = (): number => stage.history.events.filter(({ kind }) => kind === 'pin-try').length;

describe.each(contractCardKinds)('$name', (kind) => {
  it('gives up every certificate whose key can prove itself, and takes it back', async () => {
    await open(kind);
    const before = fingerprints();
    // Not every card tells that it has a management key which is not the factory's.
    const askManagementKey = stage.subject.managementKey !== undefined;
    let undone = 0;
    for (const fingerprint of before) {
      if ((await prepare(fingerprint)).question.undoable !== true) continue;
      undone += 1;
      expect(await stage.remove(fingerprint, { askManagementKey })).toMatchObject({
        removed: { fingerprint },
        after: { blocked: false },
      });
      expect(fingerprints().toSorted()).toEqual(before.filter((one) => one !== fingerprint).toSorted());
      expect(await stage.offCard()).toEqual([fingerprint]);
      expect(await stage.restore(fingerprint, { askManagementKey })).toMatchObject({ stored: { fingerprint } });
      expect(fingerprints().toSorted()).toEqual(before.toSorted());
      expect(await stage.backups.all()).toEqual([]);
    }
    expect(undone).toBeGreaterThan(0);
  });
});

describe('prepareRemoval()', () => {
  it('says what leaves which card, changes nothing and costs no try', async () => {
    const fingerprint = await open();
    const { question } = await prepare(fingerprint.slice(0, 8));
    const { certificate, token } = stage.held()[0]!;
    expect(question).toEqual({
      work: 'remove',
      card: expect.objectContaining({ id: token.info.id, label: token.info.label, reader: 'Reader' }) as unknown,
      pin: expect.objectContaining({ reference: 0x11, blocked: false }) as unknown,
      lastTry: false,
      codes: ['pin'],
      pinPad: false,
      pinUses: 1,
      leaves: {
        fingerprint,
        holder: certificate.person.commonName,
        issuer: certificate.issuer,
        notAfter: new Date(certificate.notAfter).toISOString(),
      },
      leavesNoLogin: false,
      undoable: true,
    });
    expect([pinTries(), await stage.backups.all(), changes()]).toEqual([0, [], []]);
  });

  it('says when nobody could sign in with the card any more, and when it could not be undone', async () => {
    const usable: CertificateVerdict = { usable: true, level: 3, chain: [], testIssuer: true };
    let login = '';
    login = await open(idPrime, (fingerprint) =>
      fingerprint === login ? usable : { usable: false, reason: 'untrusted' },
    );
    expect((await prepare(login)).question).toMatchObject({ leavesNoLogin: true, undoable: true });
    expect((await prepare(login, true)).question).toMatchObject({ leavesNoLogin: true, undoable: false });
    expect((await prepare(fingerprints()[1]!)).question).toMatchObject({ leavesNoLogin: false });
    // Under another PIN than the one that is typed for writing, it could not prove itself.
    const otherPin = stage.held().find(({ key }) => key?.pin === 0x83)!.certificate.fingerprint;
    expect((await prepare(otherPin)).question).toMatchObject({ undoable: false });
  });

  it('of a key that wants its PIN for each signature could not be undone', async () => {
    await open(kindOf('PIV with an answer to reset of kind yubikey'));
    const eachTime = stage.held().find(({ key }) => key?.pinEachTime)!.certificate.fingerprint;
    expect((await prepare(eachTime)).question).toMatchObject({ undoable: false });
  });

  it('refuses what is not there, not one, in use by a login, or about to be replaced by a download', async () => {
    const fingerprint = await open();
    const token = stage.held()[0]!.token.info.id;
    expect(await refusal(prepare('0000'))).toMatchObject({ code: 'ERR_CERT_NOT_FOUND' });
    expect(await refusal(prepare(''))).toMatchObject({ code: 'ERR_CERT_AMBIGUOUS' });
    const release = stage.inUse.take(token, fingerprint);
    expect(await refusal(prepare(fingerprint))).toMatchObject({ code: 'ERR_CERT_IN_USE', fields: { by: 'login' } });
    await prepare(fingerprints()[1]!);
    release();
    const prepared = await prepare(fingerprint);
    stage.downloads.push({ token, order: { replaces: fingerprint } } as (typeof stage.downloads)[number]);
    expect(await refusal(prepare(fingerprint))).toMatchObject({ code: 'ERR_CERT_IN_USE', fields: { by: 'download' } });
    const { der } = stage.held()[1]!.certificate;
    const certificate = Buffer.from(der).toString('base64');
    stage.downloads.push({ token, order: {}, certificate } as (typeof stage.downloads)[number]);
    expect(await refusal(prepare(fingerprints()[1]!))).toMatchObject({ code: 'ERR_CERT_IN_USE' });
    expect(await refusal(stage.run(prepared))).toMatchObject({
      code: 'ERR_CERT_IN_USE',
      fields: { work: 'remove', pinEffect: 'none' },
    });
    expect([pinTries(), await stage.backups.all()]).toEqual([0, []]);
  });
});

describe('a removal', () => {
  it('keeps a copy for this user alone before the PIN goes to the card, and tells each step', async () => {
    const fingerprint = await open();
    const steps: CardWorkStep[] = [];
    const { der } = stage.held()[0]!.certificate;
    await stage.remove(fingerprint, { steps });
    expect(steps).toEqual(['checking', 'removing']);
    const folder = join(stage.folder, 'certificates');
    const path = join(folder, `${fingerprint}.json`);
    expect([statSync(folder).mode & 0o777, statSync(path).mode & 0o777]).toEqual([0o700, 0o600]);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
      certificate: Buffer.from(der).toString('base64'),
      keyKept: true,
    });
    expect(changes()).toEqual([
      { kind: 'certificate-removed', token: expect.any(String) as string, fingerprint, outcome: 'complete' },
    ]);
  });

  it('does not begin when no copy can be kept', async () => {
    const fingerprint = await open();
    writeFileSync(join(stage.folder, 'certificates'), 'in the way');
    expect(await refusal(stage.remove(fingerprint))).toMatchObject({
      code: 'ERR_CERT_BACKUP',
      fields: { pinEffect: 'none' },
    });
    expect([pinTries(), fingerprints().includes(fingerprint)]).toEqual([0, true]);
  });

  it('leaves no copy behind when the PIN is wrong, and costs one try', async () => {
    const fingerprint = await open();
    const before = tries();
    expect(await refusal(stage.remove(fingerprint, { pin: '00000000' }))).toMatchObject({
      code: 'ERR_PIN_WRONG',
      fields: { work: 'remove', pinEffect: 'none', attemptsBefore: before },
    });
    expect([tries(), await stage.backups.all(), changes()]).toEqual([before - 1, [], []]);
    expect(fingerprints()).toContain(fingerprint);
  });

  it('leaves a copy that was there before where it is when the PIN is wrong', async () => {
    const fingerprint = await open();
    await stage.remove(fingerprint);
    const [kept] = await stage.backups.all();
    await stage.restore(fingerprint);
    await stage.backups.add(kept!);
    await refusal(stage.remove(fingerprint, { pin: '00000000' }));
    expect(await stage.backups.all()).toHaveLength(1);
  });

  it('spends a last try only when that was agreed to', async () => {
    const fingerprint = await open();
    while (tries() > 1) await refusal(stage.remove(fingerprint, { pin: '00000000' }));
    const prepared = await prepare(fingerprint);
    expect(prepared.question.lastTry).toBe(true);
    expect(await refusal(stage.run(prepared))).toMatchObject({ code: 'ERR_PIN_LAST_TRY' });
    expect(tries()).toBe(1);
    await stage.remove(fingerprint, { lastTryConsent: true });
    expect(fingerprints()).not.toContain(fingerprint);
  });

  it('of a certificate with its key cannot be undone, and the copy says so', async () => {
    const fingerprint = await open();
    const keys = stage.held().length;
    await stage.remove(fingerprint, { withKey: true });
    expect(stage.held()).toHaveLength(keys - 1);
    expect(await stage.backups.all()).toMatchObject([{ fingerprint, keyKept: false }]);
    expect(await refusal(stage.care.prepareRestore({ fingerprint }, signal))).toMatchObject({
      code: 'ERR_TOKEN_KEY_NOT_FOUND',
    });
  });

  it('is refused while other work runs on the card, and wipes its codes', async () => {
    const fingerprint = await open();
    const prepared = await prepare(fingerprint);
    const release = stage.locks.hold(prepared.question.card.id);
    const pin = secretOf(stage.subject.pin(0x11));
    const run = prepared.run({ pin }, { lastTryConsent: false, signal, onStep: () => undefined });
    expect(await refusal(run)).toMatchObject({ code: 'ERR_PIN_OPERATION_RUNNING' });
    expect(isWiped(pin)).toBe(true);
    release();
    await stage.remove(fingerprint);
  });

  it('can be given up before the card is opened, and leaves no copy then', async () => {
    const fingerprint = await open();
    const prepared = await prepare(fingerprint);
    const controller = new AbortController();
    const pin = secretOf(stage.subject.pin(0x11));
    const onStep = () => controller.abort(new MiddlewareError('ERR_ABORTED', 'given up'));
    const run = prepared.run({ pin }, { lastTryConsent: false, signal: controller.signal, onStep });
    expect(await refusal(run)).toMatchObject({ code: 'ERR_ABORTED' });
    expect([isWiped(pin), pinTries(), await stage.backups.all()]).toEqual([true, 0, []]);
  });

  it('counts although the history cannot be written', async () => {
    const fingerprint = await open();
    const prepared = await prepare(fingerprint);
    const append = stage.history.append.bind(stage.history);
    Object.assign(stage.history, {
      append: (event: HistoryEvent) =>
        event.kind === 'certificate-removed' ? Promise.reject(new Error('disk full')) : append(event),
    });
    expect(await stage.run(prepared)).toMatchObject({ removed: { fingerprint } });
    expect(stage.logger.lines).toContainEqual(expect.objectContaining({ level: 'error' }));
  });
});

describe('a restore', () => {
  const removed = async (): Promise<string> => {
    const fingerprint = await open();
    await stage.remove(fingerprint);
    return fingerprint;
  };
  const prepareRestore = (fingerprint: string) => stage.care.prepareRestore({ fingerprint }, signal);

  it('proves the key before and after, and says what comes back', async () => {
    const fingerprint = await removed();
    const { question } = await prepareRestore(fingerprint.slice(0, 8));
    expect(question).toMatchObject({ work: 'restore', returns: { fingerprint }, codes: ['pin'], pinUses: 1 });
    const steps: CardWorkStep[] = [];
    await stage.restore(fingerprint, { steps });
    expect(steps).toEqual(['checking', 'proving', 'storing', 'proving']);
    expect(changes()).toMatchObject([{ kind: 'certificate-removed' }, { kind: 'certificate-restored', fingerprint }]);
  });

  it('names only what is kept and not on the card', async () => {
    const fingerprint = await removed();
    expect(await refusal(prepareRestore('0000'))).toMatchObject({
      code: 'ERR_CERT_NOT_FOUND',
      fields: { in: 'backups' },
    });
    await stage.restore(fingerprint);
    expect(await refusal(prepareRestore(fingerprint))).toMatchObject({ code: 'ERR_CERT_NOT_FOUND' });
  });

  it('waits for its own card', async () => {
    const fingerprint = await removed();
    stage.reader.remove();
    expect(await refusal(prepareRestore(fingerprint))).toMatchObject({ code: 'ERR_TOKEN_NOT_FOUND' });
    expect(await stage.offCard()).toEqual([fingerprint]);
  });

  it('stores nothing beside another key', async () => {
    const fingerprint = await removed();
    const [kept] = await stage.backups.all();
    const other = stage.held().find(({ key }) => key?.pin === 0x11)!;
    await stage.backups.add({ ...kept!, keyReference: other.key!.reference });
    const before = fingerprints();
    expect(await refusal(stage.restore(fingerprint))).toMatchObject({
      code: 'ERR_TOKEN_KEY_NOT_FOUND',
      fields: { work: 'restore', pinEffect: 'accepted' },
    });
    expect(fingerprints()).toEqual(before);
    expect(await stage.offCard()).toEqual([fingerprint]);
    expect(changes().at(-1)).toMatchObject({ kind: 'certificate-restored', outcome: 'failed' });
  });

  it('does not overwrite a certificate that the key has got meanwhile', async () => {
    const fingerprint = await open();
    const { certificate, key } = stage.held()[0]!;
    // Another certificate over the same key: its last byte, of the signature, is another one.
    const der = certificate.der.map((byte, index) => (index === certificate.der.length - 1 ? byte ^ 1 : byte));
    const other = createHash('sha256').update(der).digest('hex');
    await stage.backups.add({
      fingerprint: other,
      holder: 'TEST',
      issuer: 'CN=TEST',
      notAfter: new Date(certificate.notAfter).toISOString(),
      der,
      token: stage.held()[0]!.token.info.id,
      cardLabel: 'TEST',
      removedAt: new Date(0).toISOString(),
      keyReference: key!.reference,
      keyKept: true,
    });
    expect(await refusal(stage.restore(other))).toMatchObject({ code: 'ERR_CERT_REPLACED' });
    expect(fingerprints()).toContain(fingerprint);
  });

  it('leaves the copy when the PIN is wrong', async () => {
    const fingerprint = await removed();
    expect(await refusal(stage.restore(fingerprint, { pin: '00000000' }))).toMatchObject({ code: 'ERR_PIN_WRONG' });
    expect(await stage.offCard()).toEqual([fingerprint]);
  });
});

describe('createCertificateBackups()', () => {
  it('has nothing, and makes no folder, before it is needed', async () => {
    await open();
    expect(await stage.backups.all()).toEqual([]);
    expect(existsSync(join(stage.folder, 'certificates'))).toBe(false);
  });

  it('passes over files that make no sense, and keeps them', async () => {
    const fingerprint = await open();
    await stage.remove(fingerprint);
    const folder = join(stage.folder, 'certificates');
    const copy = readFileSync(join(folder, `${fingerprint}.json`), 'utf8');
    writeFileSync(join(folder, `${'a'.repeat(64)}.json`), '{');
    writeFileSync(join(folder, `${'b'.repeat(64)}.json`), copy);
    writeFileSync(join(folder, `${fingerprint}.json.new`), 'half');
    expect((await stage.backups.all()).map((backup) => backup.fingerprint)).toEqual([fingerprint]);
    expect(readdirSync(folder)).toHaveLength(4);
    expect(stage.logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(2);
  });

  it('says so when the folder cannot be read', async () => {
    const fingerprint = await open();
    await stage.remove(fingerprint);
    const folder = join(stage.folder, 'certificates');
    if (process.getuid?.() === 0) return;
    chmodSync(folder, 0);
    expect(await refusal(stage.backups.all() as Promise<unknown>)).toMatchObject({ code: 'ERR_CERT_BACKUP' });
    chmodSync(folder, 0o700);
  });
});
