import { describe, expect, it } from 'vitest';
import type { HistoryEvent } from '../../../src/model/history.js';
import { historyLine, historyText } from '../../../src/terminal/texts/history-texts.js';
import { historyEvents } from '../../support/history-events.js';

const time = new Date(2026, 10, 22, 9, 5).toISOString();
const line = (event: HistoryEvent, language: 'sv' | 'en' = 'en'): string => historyLine({ time, event }, language);

describe('historyText()', () => {
  it.each(Object.values(historyEvents))('has a sentence of its own for $kind in both languages', (event) => {
    const [sv, en] = (['sv', 'en'] as const).map((language) => historyText({ time, event }, language));
    expect(sv!.sentence.length).toBeGreaterThan(10);
    expect(en!.sentence.length).toBeGreaterThan(10);
    expect(sv!.sentence).not.toBe(en!.sentence);
    expect([sv!.sentence, ...sv!.facts, en!.sentence, ...en!.facts].join('\n')).not.toMatch(/undefined|\.$/m);
  });

  it('says who asked, what for, with which certificate, at which level, and how it ended', () => {
    const { hintCode: _, ...login } = historyEvents.login;
    expect(line({ ...login, outcome: 'complete', certificate: '0123456789abcdef0123' })).toBe(
      '2026-11-22 09:05  Login to urn:test:rp · level 3 · certificate 0123456789abcdef · card no. 1 · started by a web page',
    );
    expect(line(historyEvents.login, 'sv')).toBe(
      '2026-11-22 09:05  Legitimering hos urn:test:rp blev inte av · Kortet togs ut. Sätt i det och börja om från tjänsten · ' +
        'tillitsnivå 3 · certifikat 00 · kort nr 1 · startad från en webbsida',
    );
  });

  it('tells what started an order, also of a way that it does not know', () => {
    expect(line({ ...historyEvents.login, launcher: 'process' })).toContain('started by a program on this computer');
    expect(line({ ...historyEvents.login, launcher: 'scheme' }, 'sv')).toContain('startad av en länk');
    expect(line({ ...historyEvents.login, launcher: 'from-the-future' })).toContain('started by from-the-future');
  });

  it('names a card as people know it, and another by its number', () => {
    const event = { ...historyEvents.inserted, reader: 'R', token: 'card:1' };
    const labelOf = (id: string) => (id === 'card:1' ? 'TEST 1\u001B' : undefined);
    expect(historyText({ time, event }, 'sv', labelOf).sentence).toMatch(/^Kortet TEST 1[^\u001B]* sattes i \(R\)$/);
    expect(historyText({ time, event: { ...event, token: 'card:2' } }, 'sv', labelOf).sentence).toBe(
      'Kortet nr 2 sattes i (R)',
    );
    expect(historyText({ time, event: { ...event, token: 'p11:X-1' } }, 'en', labelOf).sentence).toBe(
      'Card p11:X-1 was inserted (R)',
    );
  });

  it('tells a PUK from a PIN, and one try from several', () => {
    const wrong = historyEvents['pin-try'];
    expect(line({ ...wrong, purpose: 'unblock', attemptsRemaining: 1 })).toContain(
      'The PUK was wrong · to unlock the card · 1 try left · card no. 1',
    );
    expect(line({ ...wrong, purpose: 'sign' }, 'sv')).toContain(
      'PIN-koden var fel · för legitimering eller underskrift · 2 försök kvar',
    );
  });

  it('warns of failures, wrong codes and others, and of nothing else', () => {
    const warned = Object.values(historyEvents).filter((event) => historyText({ time, event }, 'sv').warns);
    expect(warned.map(({ kind }) => kind)).toEqual([
      'pin-try',
      'foreign-pin-try',
      'foreign-use',
      'damaged-file',
      'certificate-removed',
      'login',
      'signature',
    ]);
  });

  it('takes escape characters out of names, and shows kinds that it does not know', () => {
    expect(line({ kind: 'inserted', reader: 'A\u001b[2J\u202eB' })).toContain('(A[2JB)');
    expect(line({ kind: 'from-the-future' } as unknown as HistoryEvent)).toContain('unknown kind: from-the-future');
  });
});
