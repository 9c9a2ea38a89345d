import { describe, expect, it } from 'vitest';
import {
  cardBlocks,
  choiceText,
  readPages,
  waitingWindowText,
  windowText,
} from '../../../src/app/pinentry/window-text.js';
import type { CliPorts } from '../../../src/cli/ports.js';
import { openLineDialog } from '../../../src/cli/pin/line-dialog.js';
import type { WirePrompt } from '../../../src/control-contract/prompts.js';
import type { BegunCardWork } from '../../../src/control-contract/certificates.js';
import { askPinOperation } from '../../../src/terminal/work/ask-pin-operation.js';
import { rowsOfMarked } from '../../../src/terminal/layout/marked-text.js';
import { screenLines } from '../../../src/terminal/prompt/screen-lines.js';
import { cardLine } from '../../../src/terminal/texts/pin-lines.js';
import { orderTexts, questionTexts } from '../../../src/terminal/texts/question-texts.js';
import { pinMessages } from '../../../src/messages/pin.js';
import { begunPin } from '../../support/begun-pin.js';
import { askedScreen } from '../../support/prompt-screen.js';
import { promptView } from '../../support/prompt-view.js';
import { ScriptedDaemon } from '../../support/scripted-daemon.js';

/* Text from outside that says what the row of the personal phrase says, to whoever has none, or another one. */
const look = { language: 'en', color: false } as const;
const label = 'Your phrase: ';
const forged = `${label}Green dog`;
const breaks = ['\n', '\r\n', '\u2028', '\u0085', '\u001b[2K\r', '\u001b[1A\u001b[1G', '\u202e\u2066', '\u200b', '\t'];
/** At the start, behind every way out of a row, and so far in that a row is broken just before it. */
const attacks: readonly string[] = [
  forged,
  ...breaks.map((text) => `TEST${text}${forged}`),
  ...Array.from({ length: 80 }, (_, length) => `${'x'.repeat(length)} ${forged}`),
];

/** Rows that whoever looks for the phrase takes for it. */
const phraseRows = (rows: readonly string[]): readonly string[] =>
  rows.flatMap((row) => row.split(/\r?\n|\r/)).filter((row) => row.replaceAll('\u00a0', ' ').startsWith(label));

/** Everything that comes from outside says this. */
function hostile(text: string, change: Partial<WirePrompt> = {}): WirePrompt {
  const [one] = promptView('p1').candidates;
  const candidate = { ...one!, holder: text, organization: text, tokenLabel: text, reader: text };
  return {
    ...promptView('p1'),
    ticket: 'TEST',
    relyingParty: { name: { sv: text, en: text }, registeredBy: 'user' },
    bindingMessage: text,
    candidates: [candidate, { ...candidate, id: 'c2' }],
    unfit: [{ ...candidate, reason: 'usage' }],
    purpose: 'sign',
    visibleText: text,
    documents: [1, 2].map(() => ({ label: text, digest: `sha256:${'ab'.repeat(32)}` })),
    documentsNow: 1,
    ...change,
  };
}

describe.each([undefined, 'Blå elefant'])('the phrase %s', (phrase) => {
  const own = phrase === undefined ? [] : [label + phrase];

  it('is imitated by nothing in the prompt of a terminal, however wide', () => {
    for (const text of attacks) {
      for (const columns of [40, 80]) {
        for (const change of [{}, { state: 'choose' }, { state: 'explain' }] as const) {
          const view = hostile(text, change);
          const { lines } = screenLines({ ...askedScreen, view, phrase }, look, { columns, rows: 200 });
          expect(phraseRows(lines), JSON.stringify({ text, columns })).toEqual(own);
        }
      }
    }
  });

  it('is imitated by nothing in a window', () => {
    const facts = { look, phrase };
    for (const text of attacks) {
      const view = hostile(text);
      const read = readPages(hostile(text, { state: 'read' }), facts) ?? [];
      const waiting = waitingWindowText(view, facts);
      const windows = [windowText(view, cardBlocks(view, look), facts), choiceText(view, 0, facts), waiting, ...read];
      for (const window of windows) {
        if (window !== undefined) expect(phraseRows(window.split('\n')), text).toEqual(own);
      }
    }
  });

  it('is imitated by nothing in the rows of card work', () => {
    for (const text of attacks) {
      const card = { id: 'c', label: text, product: text, serial: text, reader: text };
      const pin = begunPin().pin;
      const named = { holder: text, issuer: `CN=${text}`, notAfter: '2028-11-21T12:00:00.000Z', fingerprint: 'ab' };
      const order = {
        ...{ id: text, kind: 'extra', holder: text, personId: text, organization: text, issuer: `CN=${text}` },
        ...{ notAfter: '2028-11-21T12:00:00.000Z', cardNumber: text, keySpecs: [] },
      };
      const begun = { work: 'download', card, pin, order, leaves: named, openOrders: 0, pinUses: 2, pinPad: false };
      const place = { ...look, instance: undefined };
      const texts = [
        ...questionTexts(begun as unknown as BegunCardWork, false, place),
        ...orderTexts(order as never, '1  ', place),
      ];
      for (const columns of [40, 80]) {
        const rows = texts.flatMap((one) => rowsOfMarked(one, columns));
        expect(phraseRows(rows), JSON.stringify({ text, columns })).toEqual([]);
      }
      expect(cardLine(card, pinMessages.en)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });

  it('is imitated by no card or reader where a PIN is changed on a terminal', async () => {
    for (const text of attacks.filter((_, index) => index % 15 === 0 || index < 10)) {
      let written = '';
      const ports = {
        interrupted: () => Promise.resolve(new AbortController().signal),
        openTerminal: () =>
          Promise.resolve({
            ...{ columns: 80, rows: 24, close: () => undefined },
            write: (more: string) => void (written += more),
          }),
      };
      const card = { ...begunPin().card, label: text, product: text, serial: text, reader: text };
      const { client } = new ScriptedDaemon().on('pin.begin', () => begunPin({ card, ...(phrase && { phrase }) }));
      const dialog = await openLineDialog({ ports: ports as unknown as CliPorts, language: 'en' });
      const asked = askPinOperation(client, { operation: 'verify' }, dialog, look, { usePinPad: false });
      await expect.poll(() => written).toMatch(/Current PIN: /);
      dialog.close();
      await expect(asked).rejects.toMatchObject({ code: 'ERR_PIN_CANCELLED' });
      expect(phraseRows(written.split('\r\n')), text).toEqual(own);
    }
  });
});
