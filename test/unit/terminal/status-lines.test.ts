import { describe, expect, it } from 'vitest';
import { statusLines } from '../../../src/terminal/texts/status-lines.js';
import type { StatusReader, StatusReport } from '../../../src/control-contract/status.js';
import type { RevocationState } from '../../../src/model/revocation.js';

const token = {
  id: 'card:1',
  product: 'IDPrime 940',
  serial: '1234',
  label: 'Tolvan 940',
  pins: [{ reference: 0x11, role: 'authentication' as const, attemptsRemaining: 3, blocked: false }],
  certificates: [
    {
      fingerprint: 'ab',
      holder: 'Tolvan Tolvansson',
      organization: 'TEST Organisation',
      issuer: 'CN=TEST',
      level: 3 as const,
      notBefore: '2026-01-01T00:00:00.000Z',
      notAfter: '2028-11-21T10:00:00.000Z',
      keyType: 'rsa',
      keyBits: 2048,
      purpose: 'auth' as const,
      usable: true,
    },
  ],
};

function report(change: Partial<StatusReader>, more: Partial<StatusReport> = {}): StatusReport {
  return {
    daemon: {
      version: '0.1.0',
      pid: 1,
      instance: 'default',
      sandbox: false,
      startedAt: '2026-01-01T00:00:00.000Z',
      loopback: { port: 14940, listening: true },
      surfaces: 1,
      openOrders: 0,
    },
    service: 'available',
    readers: [{ name: 'Reader 1', card: 'present', sharing: 'unused', ...change }],
    ...more,
  };
}

const swedish = (given: StatusReport): string => statusLines(given, { language: 'sv', color: false }).join('\n');

describe('statusLines()', () => {
  it('tells card, tries, holder, level and validity', () => {
    const lines = swedish(report({ token }));
    expect(lines).toContain('Kort: Tolvan 940 (IDPrime 940, nr 1234)');
    expect(lines).toContain('PIN-kod för legitimering: 3 försök kvar');
    expect(lines).toContain('Tolvan Tolvansson, TEST Organisation');
    expect(lines).toContain('för legitimering · tillitsnivå 3 · giltigt till 2028-11-21');
  });

  it.each([
    ['an empty reader', { card: 'absent' as const }, 'inget kort'],
    ['a card that is being read', {}, 'kortet läses'],
    [
      'a reader that is none',
      { skipped: 'virtual' as const, card: 'present' as const },
      'hoppas över: det är inte en kort',
    ],
    ['the slot of a security module', { skipped: 'sam' as const }, 'säkerhetsmodul'],
    ['a card that is shown elsewhere', { sameAs: 'Reader 2', card: 'present' as const }, 'samma kort som i Reader 2'],
    ['a mute card', { card: 'mute' as const }, 'svarar inte alls'],
    ['a card that stopped answering', { card: 'unresponsive' as const }, 'slutade svara'],
    [
      'an unknown card',
      { problem: { code: 'ERR_CARD_UNKNOWN', fields: {} } },
      'av en sort som programmet inte känner till',
    ],
    [
      'a card held by another program',
      { token, sharing: 'exclusive' as const },
      'ett annat program har kortet för sig självt',
    ],
    [
      'a blocked PIN',
      {
        token: {
          ...token,
          pins: [{ reference: 1, role: 'authentication' as const, attemptsRemaining: 0, blocked: true }],
        },
      },
      'låst',
    ],
    [
      'tries that the card does not tell',
      { token: { ...token, pins: [{ reference: 1, role: 'signature' as const, blocked: false }] } },
      'PIN-kod för underskrift: antal försök okänt',
    ],
    [
      'an untrusted certificate',
      {
        token: {
          ...token,
          certificates: token.certificates.map((one) => ({ ...one, level: undefined, usable: false })),
        },
      },
      'för legitimering · ingen känd tillitsnivå · giltigt till 2028-11-21 · kan inte användas',
    ],
    [
      'a certificate for signatures',
      { token: { ...token, certificates: token.certificates.map((one) => ({ ...one, purpose: 'sign' as const })) } },
      '  för underskrift · tillitsnivå 3',
    ],
    [
      'a certificate for nothing that we do',
      {
        token: {
          ...token,
          certificates: token.certificates.map((one) => ({ ...one, purpose: undefined, usable: false })),
        },
      },
      '  tillitsnivå 3 · giltigt till 2028-11-21 · kan inte användas',
    ],
  ])('explains %s', (_what, change, expected) => {
    expect(swedish(report(change))).toContain(expected);
  });

  it('tells of a certificate that is revoked, or of which nobody could say, and nothing of a good one', () => {
    const at = '2026-05-01T10:00:00.000Z';
    const lines = (revocation: RevocationState): string =>
      swedish(report({ token: { ...token, certificates: token.certificates.map((one) => ({ ...one, revocation })) } }));
    expect(lines({ status: 'revoked', checkedAt: at, revokedAt: at, certificate: 'leaf' })).toMatch(
      /SPÄRRAT 2026-05-01/,
    );
    expect(lines({ status: 'unknown', checkedAt: at, reason: 'no-address' })).toMatch(/okänt om det är spärrat/);
    expect(lines({ status: 'good', checkedAt: at, validUntil: at })).not.toMatch(/spärrat/i);
  });

  it('says what is missing: service, readers, port, and a place for the PIN', () => {
    expect(swedish(report({}, { service: 'absent', readers: [] }))).toContain('Kortläsartjänsten svarar inte');
    expect(swedish(report({}, { readers: [] }))).toContain('Ingen kortläsare är ansluten.');
    const { daemon } = report({});
    const off = {
      ...daemon,
      surfaces: 0,
      loopback: { port: 14940, listening: false, problemCode: 'ERR_OOB_PORT_TAKEN', owner: 'other (pid 7)' },
    };
    const lines = swedish(report({}, { daemon: off }));
    expect(lines).toContain('av (port 14940)');
    expect(lines).toContain('upptagen av other (pid 7)');
    expect(lines).toContain('kör ”kort prompt”');
  });

  it('colors only when asked, and lets no control character of a reader name through', () => {
    const given = report({ name: 'R\u001b[2J', card: 'absent' });
    expect(swedish(given)).not.toContain('\u001b');
    expect(statusLines(given, { language: 'sv', color: true }).join('')).toContain('\u001b[1mLäsare: R[2J\u001b[22m');
  });
});
