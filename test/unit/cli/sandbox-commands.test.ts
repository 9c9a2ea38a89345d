import { describe, expect, it } from 'vitest';
import { runScripted, scriptedClient } from '../../support/scripted-cli.js';

interface Reader {
  readonly name: string;
  readonly card?: string;
  readonly pinPad?: { readonly asksFor?: string };
}

const ports = (answers: Readonly<Record<string, readonly Reader[]>>) => ({
  connect: () =>
    Promise.resolve(
      scriptedClient(
        Object.fromEntries(Object.entries(answers).map(([method, readers]) => [method, { readers, cards: [] }])),
      ),
    ),
  sandboxCodes: () => Promise.resolve({ pin: '1', signaturePin: '3', puk: '2' }),
});

describe.each([
  {
    what: 'a card into an empty reader',
    argv: ['insert', 'tolvan'],
    before: [{ name: 'A' }, { name: 'B', card: 'tretton' }],
    after: [
      { name: 'A', card: 'tolvan' },
      { name: 'B', card: 'tretton' },
    ],
    sv: ['Kortet tolvan sitter nu i A.'],
    en: ['Card tolvan is in A now.'],
  },
  {
    what: 'a card that was elsewhere',
    argv: ['insert', 'tolvan', 'B'],
    before: [{ name: 'A', card: 'tolvan' }, { name: 'B' }],
    after: [{ name: 'A' }, { name: 'B', card: 'tolvan' }],
    sv: ['Kortet tolvan flyttades från A till B.'],
    en: ['Card tolvan was moved from A to B.'],
  },
  {
    what: 'a card in place of another',
    argv: ['insert', 'tolvan', 'A'],
    before: [{ name: 'A', card: 'tretton' }],
    after: [{ name: 'A', card: 'tolvan' }],
    sv: ['Kortet tretton togs ut ur A.', 'Kortet tolvan sitter nu i A.'],
    en: ['Card tretton was taken out of A.', 'Card tolvan is in A now.'],
  },
  {
    what: 'a card that is there already',
    argv: ['insert', 'tolvan', 'A'],
    before: [{ name: 'A', card: 'tolvan' }],
    after: [{ name: 'A', card: 'tolvan' }],
    sv: ['Kortet tolvan satt redan i A.'],
    en: ['Card tolvan was in A already.'],
  },
  {
    what: 'a card out of a reader, of another instance',
    argv: ['remove', 'A', '--instance', 'ward'],
    before: [{ name: 'A\u001b[2J', card: 'tolvan' }],
    after: [{ name: 'A\u001b[2J' }],
    sv: ['Kortet tolvan togs ut ur A[2J.', '”kort sandbox insert tolvan --instance ward” sätter i det igen.'],
    en: ['Card tolvan was taken out of A[2J.', '"kort sandbox insert tolvan --instance ward" puts it in again.'],
  },
  {
    what: 'nothing out of an empty reader',
    argv: ['remove', 'A'],
    before: [{ name: 'A' }, { name: 'B', card: 'tolvan' }],
    after: [{ name: 'A' }, { name: 'B', card: 'tolvan' }],
    sv: ['A var redan tom.'],
    en: ['A was empty already.'],
  },
  {
    what: 'one more reader',
    argv: ['add-reader'],
    before: [{ name: 'A' }],
    after: [{ name: 'A' }, { name: 'B', pinPad: {} }],
    sv: ['Läsaren B är ansluten; den har knappsats.', '”kort sandbox list” visar vilka kort som kan sättas i.'],
    en: ['Reader B is plugged in; it has a keypad.', '"kort sandbox list" shows which cards can be put in.'],
  },
  {
    what: 'a reader away with its card',
    argv: ['remove-reader', 'B'],
    before: [{ name: 'A' }, { name: 'B', card: 'tolvan' }],
    after: [{ name: 'A' }],
    sv: ['Kortet tolvan togs ut ur B.', 'Läsaren B är urkopplad.'],
    en: ['Card tolvan was taken out of B.', 'Reader B is unplugged.'],
  },
  {
    what: 'keys that lead on',
    argv: ['press', '123456', 'ok', '--reader', 'tolvan'],
    before: [
      { name: 'A', card: 'tolvan', pinPad: { asksFor: 'current-pin' } },
      { name: 'B', pinPad: { asksFor: 'pin' } },
    ],
    after: [
      { name: 'A', card: 'tolvan', pinPad: { asksFor: 'new-pin' } },
      { name: 'B', pinPad: { asksFor: 'pin' } },
    ],
    sv: ['A: knappsatsen frågar efter den nya PIN-koden: ”kort sandbox press”'],
    en: ['A: the keypad asks for the new PIN: "kort sandbox press"'],
  },
  {
    what: 'keys that end it',
    argv: ['press', 'cancel'],
    before: [{ name: 'A', pinPad: { asksFor: 'pin' } }],
    after: [{ name: 'A', pinPad: {} }],
    sv: ['Knappsatsen på A frågar inte efter något mer.'],
    en: ['The keypad of A asks for nothing more.'],
  },
  {
    what: 'what is revoked',
    argv: ['revoke', 'tolvan', '--reason', 'keyCompromise'],
    before: [],
    after: [],
    sv: [
      'Certifikaten på kortet tolvan är spärrade: keyCompromise.',
      '”kort sandbox unrevoke tolvan” tar tillbaka det.',
    ],
    en: [
      'The certificates of card tolvan are revoked: keyCompromise.',
      '"kort sandbox unrevoke tolvan" takes that back.',
    ],
  },
  {
    what: 'what is so no more',
    argv: ['unrevoke', 'tolvan'],
    before: [],
    after: [],
    sv: ['Certifikaten på kortet tolvan är inte spärrade längre.'],
    en: ['The certificates of card tolvan are not revoked any more.'],
  },
])('kort sandbox says what changed: $what', ({ argv, before, after, sv, en }) => {
  const method = `sandbox.${(argv[0] ?? '').replace('-reader', 'Reader')}`;
  const answers = ports({ 'sandbox.list': before, [method]: after });

  it('and no more', async () => {
    for (const [language, lines] of [
      ['sv', sv],
      ['en', en],
    ] as const) {
      const { code, out, error } = await runScripted(['sandbox', ...argv, '--lang', language], answers);
      expect({ code, error }).toEqual({ code: 0, error: '' });
      expect(out).toBe(lines.map((line) => `${line}\n`).join(''));
    }
  });

  it('and with --json all that the sandbox has become', async () => {
    const { out } = await runScripted(['sandbox', ...argv, '--json'], answers);
    expect(JSON.parse(out)).toEqual({ readers: after, cards: [], pin: '1', signaturePin: '3', puk: '2' });
  });
});
