import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certificateMethods } from '../../../src/app/certificate-methods.js';
import { ChoiceRuleStore } from '../../../src/app/choice-rule-store.js';
import { InputAnswer } from '../../../src/cli/prompt/answer-from-input.js';
import type { CommandContext } from '../../../src/cli/context.js';
import { systemClock } from '../../../src/core/ports.js';
import { findNamed } from '../../../src/operations/held-certificate.js';
import { parseCertificate } from '../../../src/pki/certificate.js';
import { buildPath } from '../../../src/pki/path.js';
import { createSandboxCa, trustPolicyOf } from '../../../src/sandbox/ca/sandbox-ca.js';
import { openCareStage, type CareStage } from '../care-stage.js';
import { contractCardKinds } from '../contract-cards.js';
import { promptView } from '../prompt-view.js';
import { recordingLogger } from '../recording-logger.js';
import { ScriptedDaemon } from '../scripted-daemon.js';
import { testCaller } from '../test-caller.js';
import { secretOf } from '../token-bench.js';
import { downloadPeople } from './download-scene.js';
import type { Provocation, Provocations } from './provocation.js';

const idPrime = contractCardKinds.find(({ name }) => name === 'IDPrime 940')!;
const signal = new AbortController().signal;

/** A card with certificates in a reader; `first` is the fingerprint of one. */
const atCard =
  (work: (stage: CareStage, first: string) => Promise<unknown>): Provocation =>
  async () => {
    const stage = await openCareStage(idPrime);
    try {
      await work(stage, stage.held()[0]!.certificate.fingerprint);
    } finally {
      await stage.close();
    }
  };

export const certificateProvocations: Provocations<'CERT'> = {
  ERR_CERT_MALFORMED: () => parseCertificate(Uint8Array.of(0x30, 0x00)),
  ERR_CERT_UNTRUSTED: async () => {
    const { key } = await downloadPeople();
    const stranger = await createSandboxCa({ clock: systemClock, keyType: 'ec-p256' });
    return buildPath(parseCertificate(key.der), trustPolicyOf(stranger), Date.now());
  },
  ERR_CERT_NOT_FOUND: atCard((stage) => stage.care.prepareRemoval({ fingerprint: '0000', withKey: false }, signal)),
  ERR_CERT_AMBIGUOUS: () => findNamed(['ab12', 'ab34'], 'ab', (fingerprint) => fingerprint),
  ERR_CERT_BACKUP: atCard(async (stage, first) => {
    writeFileSync(join(stage.folder, 'certificates'), 'in the way');
    await stage.remove(first);
  }),
  ERR_CERT_IN_USE: atCard(async (stage, first) => {
    stage.inUse.take(stage.held()[0]!.token.info.id, first);
    await stage.care.prepareRemoval({ fingerprint: first, withKey: false }, signal);
  }),
  ERR_CERT_PURPOSE: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kort-purpose-'));
    const stage = await openCareStage(idPrime);
    try {
      const [held] = stage.held();
      const certificate = { ...held!.certificate, keyUsage: [], extendedKeyUsage: [] };
      const entries = [{ ...stage.registry.entries[0]!, certificates: [{ certificate }] }];
      const logger = recordingLogger();
      const methods = certificateMethods({
        tokens: { entries, subscribe: () => () => undefined },
        rules: new ChoiceRuleStore({ system: join(folder, 'system.json'), user: join(folder, 'user.json') }, logger),
        relyingParties: { find: () => undefined as never },
        backups: stage.backups,
        judge: () => ({ usable: true, level: 3, chain: [], testIssuer: true }),
        revocation: { of: () => ({ status: 'checking' }), subscribe: () => () => undefined },
        choices: { recall: () => undefined, remember: () => Promise.resolve() },
        clock: systemClock,
        logger,
      });
      await methods['certificate.prefer']!({ fingerprint: certificate.fingerprint }, testCaller());
    } finally {
      await stage.close();
      rmSync(folder, { recursive: true });
    }
  },
  ERR_CERT_REPLACED: atCard(async (stage) => {
    const { certificate, key, token } = stage.held()[0]!;
    const der = certificate.der.map((byte, index) => (index === certificate.der.length - 1 ? byte ^ 1 : byte));
    const fingerprint = createHash('sha256').update(der).digest('hex');
    await stage.backups.add({
      ...{ fingerprint, der, holder: 'TEST', issuer: 'CN=TEST', cardLabel: 'TEST', keyKept: true },
      notAfter: new Date(certificate.notAfter).toISOString(),
      token: token.info.id,
      removedAt: new Date(0).toISOString(),
      keyReference: key!.reference,
    });
    await stage.restore(fingerprint);
  }),
  ERR_CERT_REVOKED: async () => {
    const [candidate] = promptView('p1').candidates;
    const revoked = { ...candidate!, revocation: { status: 'revoked', at: '2026-01-02T03:04:05.000Z' } };
    const current = {
      ...promptView('p1', { state: 'choose', chosen: undefined }),
      candidates: [revoked],
      ticket: 't1',
    };
    const daemon = new ScriptedDaemon()
      .on('prompt.attach', () => ({ place: { kind: 'input', here: true }, current, waiting: [] }))
      .on('prompt.cancel', () => {
        setImmediate(() => daemon.emit('prompt.close', { promptId: 'p1', outcome: { status: 'failed' } }));
        return {};
      });
    const context = {
      json: true,
      language: 'en',
      ports: { interrupted: () => Promise.resolve(signal) },
    } as unknown as CommandContext;
    await new InputAnswer({ client: daemon.client, context, pin: secretOf('1234') }).run();
  },
};
