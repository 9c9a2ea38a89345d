import { describe, expect, it } from 'vitest';
import type { CertificateInfo } from '../../../../src/model/certificate.js';
import type { CertificateOrder } from '../../../../src/model/certificate-order.js';
import { checkRoom, checkTime, checkWhom, chooseKeySpec } from '../../../../src/operations/download/check-order.js';
import type { WritableToken } from '../../../../src/tokens/token.js';
import { testOrder } from '../../../support/download-stage.js';

const failure = (code: string, fields: object = {}): Error => expect.objectContaining({ code, fields }) as Error;

const certificate = (personId: string | undefined, more: Partial<CertificateInfo> = {}): CertificateInfo =>
  ({
    isCa: false,
    fingerprint: personId ?? 'none',
    person: { commonName: 'TEST', personId },
    ...more,
  }) as CertificateInfo;

const hsa = 'TSTNMT2321000156-1024';
const number = '191212121212';

describe('chooseKeySpec()', () => {
  const card = (...keySpecs: WritableToken['writing']['keySpecs'][number][]) =>
    ({ writing: { keySpecs } }) as unknown as WritableToken;

  it("takes the issuer's best that the card can make", () => {
    const order = testOrder({ keySpecs: ['ec-p384', 'ec-p256', 'rsa-2048'] });
    expect(chooseKeySpec(order, card('rsa-2048', 'ec-p256', 'ec-p384'))).toBe('ec-p384');
    expect(chooseKeySpec(order, card('rsa-2048'))).toBe('rsa-2048');
  });

  it('refuses where there is none', () => {
    expect(() => chooseKeySpec(testOrder({ keySpecs: ['ec-p384'] }), card('rsa-2048'))).toThrow(
      failure('ERR_TOKEN_ALGORITHM_UNSUPPORTED', { algorithm: 'ec-p384' }),
    );
  });
});

describe('checkRoom()', () => {
  it('refuses a card without a free key or too little room, and takes one that does not tell', () => {
    expect(() => checkRoom({ keys: 0, bytes: undefined })).toThrow(failure('ERR_CARD_NO_CONTAINER'));
    expect(() => checkRoom({ keys: 1, bytes: 2047 })).toThrow(failure('ERR_CARD_FULL', { bytes: 2047 }));
    expect(() => checkRoom({ keys: undefined, bytes: undefined })).not.toThrow();
    expect(() => checkRoom({ keys: 1, bytes: 2048 })).not.toThrow();
  });
});

describe('checkTime()', () => {
  const order = testOrder({ notAfter: '2026-06-01T00:00:00.000Z' });
  const before = Date.parse(order.notAfter) - 1;

  it.each([
    ['a clock that is 5 minutes off', 300_000, before, undefined],
    [
      'a clock that is more than 5 minutes behind',
      300_001,
      before,
      failure('ERR_DOWNLOAD_CLOCK', { skewSeconds: 300 }),
    ],
    ['a clock that is ahead', -3_600_000, before, failure('ERR_DOWNLOAD_CLOCK', { skewSeconds: -3600 })],
    ['an order that is over', 0, before + 1, failure('ERR_DOWNLOAD_ORDER')],
    ['an order that is over by a clock that nobody confirms', undefined, before + 1, failure('ERR_DOWNLOAD_CLOCK')],
    ['no word of the issuer about time', undefined, before, undefined],
  ])('judges %s', (_what, skew, now, error) => {
    const check = expect(() => checkTime(order, skew, now));
    if (error === undefined) check.not.toThrow();
    else check.toThrow(error);
  });
});

describe('checkWhom()', () => {
  const refusal = (reason: string): Error => failure('ERR_DOWNLOAD_CARD', { reason });
  const cases: [string, Partial<CertificateOrder>, CertificateInfo[], CertificateInfo, Error | undefined][] = [
    ['the same person', {}, [certificate(hsa)], certificate(hsa), undefined],
    ["another person's card", {}, [certificate('TSTNMT2321000156-1025')], certificate(hsa), refusal('person')],
    ['another person signed in', {}, [certificate(hsa)], certificate('TSTNMT2321000156-1025'), refusal('signed-in')],
    ['an empty card', {}, [], certificate(hsa), undefined],
    ['a card with CAs only', {}, [certificate('SE', { isCa: true })], certificate(hsa), undefined],
    ['an id of another kind, on the card that signed in', {}, [certificate(number)], certificate(number), undefined],
    [
      'an id of another kind, on another card',
      {},
      [certificate('198001012384')],
      certificate(number),
      refusal('person'),
    ],
    [
      'the number of the card',
      { cardNumber: '1' },
      [certificate(hsa, { cardNumber: '1' })],
      certificate(hsa),
      undefined,
    ],
    [
      'another card number',
      { cardNumber: '1' },
      [certificate(hsa, { cardNumber: '2' })],
      certificate(hsa),
      refusal('card-number'),
    ],
    ['a card that tells no number', { cardNumber: '1' }, [certificate(hsa)], certificate(hsa), undefined],
    [
      'a renewal of what is on the card',
      { kind: 'renewal', replaces: hsa },
      [certificate(hsa)],
      certificate(hsa),
      undefined,
    ],
    [
      'a renewal of what is elsewhere',
      { kind: 'renewal', replaces: 'x' },
      [certificate(hsa)],
      certificate(hsa),
      refusal('renewed'),
    ],
  ];
  it.each(cases)('judges %s', (_what, more, held, leaf, error) => {
    const check = expect(() => checkWhom(testOrder(more), held, leaf));
    if (error === undefined) check.not.toThrow();
    else check.toThrow(error);
  });
});
