import { describe, expect, it } from 'vitest';
import { MiddlewareError, PinVerificationError } from '../../../src/core/errors.js';
import type { OrderDocument } from '../../../src/model/signature.js';
import type { AcceptedOrder } from '../../../src/oob/oob-service.js';
import type { CertificateVerdict } from '../../../src/operations/candidates.js';
import type { SignAllRequest, SignAllResult } from '../../../src/tokens/token.js';
import { loginOrder, orderStage, wiped, type CardScript } from '../../support/order-stage.js';
import { selfSigned } from '../../support/self-signed-certificate.js';

const { der } = selfSigned('TEST signer', 'p256');
const fits: CertificateVerdict = { usable: true, level: 3, chain: [der], testIssuer: true };
const ecKey = { algorithms: ['ES256' as const] };
const eachTime = { key: { ...ecKey, pinEachTime: true } };

const documentOf = (label: string): OrderDocument => ({
  label,
  digestAlgorithm: 'sha256',
  digest: new Uint8Array(32).fill(label.length),
});
const asked: Partial<AcceptedOrder> = {
  purpose: 'sign',
  visibleText: 'I agree.\nTo all of it.',
  documents: [documentOf('a'), documentOf('bb'), documentOf('ccc')],
};
const rs = (fill: number): Uint8Array => new Uint8Array(64).fill(fill);
const cost = { apduCount: 7, cardMs: 2 };
const signAll = ({ digests }: SignAllRequest): Promise<SignAllResult> =>
  Promise.resolve({ signatures: digests.map((_digest, index) => rs(index + 1)), cost });
const signOne = () => Promise.resolve({ signature: rs(9), cost });

/** A stage with one card, on whose prompt the text has been read. */
async function afterReading(script: CardScript, change: Partial<AcceptedOrder> = {}) {
  const stage = orderStage(fits);
  stage.set(stage.card('a', { key: ecKey, ...script }));
  const running = stage.login({ ...asked, ...change });
  await stage.surface.until('read');
  stage.surface.answer({ kind: 'acknowledge' });
  await stage.surface.until('pin');
  return { ...stage, running };
}

describe('a signature order', () => {
  it('shows text, labels and digests to be read before any PIN, and takes none until they were', async () => {
    const { surface, set, card, login, requests, typePin } = orderStage(fits);
    set(card('a', { key: ecKey, signAll }));
    const running = login(asked);
    const view = await surface.until('read');
    expect(view).toMatchObject({ purpose: 'sign', visibleText: 'I agree.\nTo all of it.', documentsNow: 3 });
    expect(view.documents).toEqual([
      { label: 'a', digest: `sha256:${'01'.repeat(32)}` },
      { label: 'bb', digest: `sha256:${'02'.repeat(32)}` },
      { label: 'ccc', digest: `sha256:${'03'.repeat(32)}` },
    ]);
    const early = typePin();
    await surface.until('read');
    expect(wiped(early)).toBe(true);
    surface.answer({ kind: 'acknowledge' });
    await surface.until('pin');
    expect(requests).toEqual([]);
    surface.answer({ kind: 'cancel' });
    expect(await running).toEqual({ status: 'failed', hintCode: 'userCancel' });
  });

  it('signs all documents with one PIN entry where card and relying party allow it', async () => {
    const { running, typePin, requests, requestsForAll, history, surface } = await afterReading({ signAll });
    const secret = typePin();
    const outcome = await running;
    expect(outcome).toMatchObject({ status: 'complete' });
    expect('signatures' in outcome && outcome.signatures).toHaveLength(3);
    expect(requests).toEqual([]);
    expect(requestsForAll).toMatchObject([{ algorithm: 'ES256', attemptsShown: 3, lastTryConsent: false }]);
    expect(new Set(requestsForAll[0]?.digests.map(String)).size).toBe(3);
    expect(wiped(secret)).toBe(true);
    expect(history).toMatchObject([{ kind: 'signature', documents: 3, outcome: 'complete', apduCount: 7 }]);
    expect(surface.outcomes).toEqual([{ status: 'complete' }]);
  });

  it.each([
    ['the card', eachTime, {}],
    ['the relying party', {}, { relyingParty: { ...loginOrder.relyingParty, pinForEachDocument: true } }],
  ])('asks for the PIN for each document where %s wants it', async (_who, script, change) => {
    const stage = await afterReading({ ...script, sign: signOne }, change);
    const { running, typePin, requests, requestsForAll, history, surface } = stage;
    for (const signed of [0, 1, 2]) {
      const view = await surface.until('pin', ({ documentsSigned }) => documentsSigned === signed);
      expect(view).toMatchObject({ documentsNow: 1, problem: undefined });
      typePin();
    }
    const outcome = await running;
    expect('signatures' in outcome && outcome.signatures).toHaveLength(3);
    expect(requests).toHaveLength(3);
    expect(requestsForAll).toEqual([]);
    expect(history).toMatchObject([{ kind: 'signature', documents: 3, apduCount: 21, cardMs: 6 }]);
  });

  it('hands nothing out when it is cancelled in the middle, and writes down how many were signed', async () => {
    const { running, typePin, history, surface } = await afterReading({ ...eachTime, sign: signOne });
    typePin();
    await surface.until('pin', ({ documentsSigned }) => documentsSigned === 1);
    surface.answer({ kind: 'cancel' });
    expect(await running).toEqual({ status: 'failed', hintCode: 'userCancel' });
    expect(history).toMatchObject([{ kind: 'signature', documents: 1, outcome: 'failed', hintCode: 'userCancel' }]);
  });

  it('hands nothing out when the card is pulled in the middle', async () => {
    const { running, typePin, history, surface, set } = await afterReading({ ...eachTime, sign: signOne });
    typePin();
    await surface.until('pin', ({ documentsSigned }) => documentsSigned === 1);
    set();
    expect(await running).toEqual({ status: 'failed', hintCode: 'cardRemoved' });
    expect(history).toMatchObject([{ documents: 1, hintCode: 'cardRemoved' }]);
  });

  it('asks again for the same document after a wrong PIN in the middle', async () => {
    let uses = 0;
    const sign = () => ((uses += 1) === 2 ? Promise.reject(new PinVerificationError(0x11, 2)) : signOne());
    const documents = [documentOf('a'), documentOf('bb')];
    const { running, typePin, surface } = await afterReading({ ...eachTime, sign }, { documents });
    typePin();
    await surface.until('pin', ({ documentsSigned }) => documentsSigned === 1);
    typePin();
    const again = await surface.until('pin', ({ problem }) => problem !== undefined);
    expect(again).toMatchObject({ documentsSigned: 1, problem: { code: 'ERR_PIN_WRONG' } });
    typePin();
    const outcome = await running;
    expect('signatures' in outcome && outcome.signatures).toHaveLength(2);
    expect(uses).toBe(3);
  });

  it('lets no other card go on with what one has begun', async () => {
    const { running, typePin, surface, set, card } = await afterReading({ ...eachTime, sign: signOne });
    typePin();
    await surface.until('pin', ({ documentsSigned }) => documentsSigned === 1);
    const first = card('a', { key: { ...eachTime.key }, sign: signOne });
    set(first, card('b', { key: ecKey, signAll }));
    const view = await surface.until('pin', ({ documentsSigned }) => documentsSigned === 1);
    expect(view.candidates.map(({ tokenLabel }) => tokenLabel)).toEqual(['a']);
    surface.answer({ kind: 'cancel' });
    await running;
  });

  it('keeps what was read when another card is taken', async () => {
    const { surface, set, card, login, typePin, requestsForAll } = orderStage(fits);
    set(card('a', { key: ecKey, person: 'p', signAll }), card('b', { key: ecKey, person: 'p', signAll }));
    const running = login(asked);
    const { candidates } = await surface.until('choose');
    surface.answer({ kind: 'choose', candidateId: candidates[0]!.id });
    expect(await surface.until('read')).toMatchObject({ chosen: candidates[0]!.id, chosenBecause: 'by-user' });
    surface.answer({ kind: 'acknowledge' });
    await surface.until('pin');
    surface.answer({ kind: 'choose', candidateId: candidates[1]!.id });
    expect(await surface.until('pin', ({ chosen }) => chosen === candidates[1]!.id)).toMatchObject({ state: 'pin' });
    typePin();
    expect(await running).toMatchObject({ status: 'complete' });
    expect(requestsForAll).toHaveLength(1);
  });

  it('never takes the authentication key, and says so with the certificate', async () => {
    const stage = orderStage((_certificate, purpose) =>
      purpose === 'auth' ? fits : { usable: false, reason: 'usage' },
    );
    const { surface, set, card, login, requests, requestsForAll } = stage;
    set(card('a', { key: ecKey }));
    const running = login(asked);
    const view = await surface.until('explain');
    expect(view.problem?.code).toBe('noSuitableCertificate');
    expect(view.unfit).toMatchObject([{ tokenLabel: 'a', reason: 'usage' }]);
    surface.answer({ kind: 'acknowledge' });
    expect(await running).toEqual({ status: 'failed', hintCode: 'noSuitableCertificate' });
    expect([...requests, ...requestsForAll]).toEqual([]);
  });

  it('takes no RSA key for a digest that it cannot sign', async () => {
    const { surface, set, card, login } = orderStage(fits);
    set(card('a'));
    const long: OrderDocument = { label: 'long', digestAlgorithm: 'sha512', digest: new Uint8Array(64) };
    const running = login({ ...asked, documents: [documentOf('a'), long] });
    expect((await surface.until('explain')).unfit).toMatchObject([{ reason: 'no-key' }]);
    surface.answer({ kind: 'acknowledge' });
    expect(await running).toEqual({ status: 'failed', hintCode: 'noSuitableCertificate' });
  });

  it('ends the order when a token signs fewer than it was asked to', async () => {
    const few = () => Promise.resolve({ signatures: [rs(1)], cost });
    const { running, typePin, history } = await afterReading({ signAll: few });
    typePin();
    expect(await running).toEqual({ status: 'failed', hintCode: 'startFailed' });
    expect(history).toMatchObject([{ documents: 0, outcome: 'failed' }]);
  });

  it('remembers its card by its own question, apart from logins', async () => {
    const { running, typePin, chosen } = await afterReading({ signAll });
    typePin();
    await running;
    expect([...chosen.keys()]).toEqual(['urn:test:rp sign 3']);
  });
});

describe('a code that has to be typed', () => {
  const unbound: Partial<AcceptedOrder> = { bound: false, launcher: 'scheme', confirmationCode: 'AB23CD' };

  it('is asked for before the PIN, is never shown, and may be typed in small letters with gaps', async () => {
    const { surface, set, card, login, typePin } = orderStage();
    set(card('a'));
    const running = login(unbound);
    expect(await surface.until('code')).toMatchObject({ confirmationCode: undefined, launcher: 'scheme' });
    surface.answer({ kind: 'code', code: ' ab2-3cd ' });
    await surface.until('pin');
    expect(JSON.stringify(surface.views)).not.toContain('AB23');
    typePin();
    expect(await running).toMatchObject({ status: 'complete' });
  });

  it('may be wrong twice; the third time ends the order without a PIN', async () => {
    const { surface, set, card, login, requests } = orderStage();
    set(card('a'));
    const running = login(unbound);
    for (const attemptsRemaining of [2, 1]) {
      await surface.until('code');
      surface.answer({ kind: 'code', code: '' });
      await surface.until('code');
      surface.answer({ kind: 'code', code: 'AB23CE' });
      const fields = { attemptsRemaining };
      const { problem } = await surface.until(
        'code',
        (view) => view.problem?.fields['attemptsRemaining'] === attemptsRemaining,
      );
      expect(problem).toEqual({ code: 'ERR_OOB_CONFIRMATION_CODE', fields });
    }
    surface.answer({ kind: 'code', code: 'ZZZZZZ' });
    expect(await running).toEqual({ status: 'failed', hintCode: 'userCancel' });
    expect(surface.outcomes).toEqual([{ status: 'failed', hintCode: 'wrongCode' }]);
    expect(requests).toEqual([]);
  });

  it('is matched by nothing where the order has none', async () => {
    const { surface, set, card, login } = orderStage();
    set(card('a'));
    const running = login({ ...unbound, confirmationCode: undefined });
    await surface.until('code');
    surface.answer({ kind: 'code', code: 'undefined' });
    expect((await surface.until('code', ({ problem }) => problem !== undefined)).problem?.code).toContain(
      'CONFIRMATION',
    );
    surface.answer({ kind: 'cancel' });
    await running;
  });

  it('is asked for after the text of a signature was read', async () => {
    const { surface, set, card, login, typePin } = orderStage(fits);
    set(card('a', { key: ecKey, signAll }));
    const running = login({ ...asked, ...unbound });
    await surface.until('read');
    surface.answer({ kind: 'acknowledge' });
    await surface.until('code');
    surface.answer({ kind: 'code', code: 'AB23CD' });
    await surface.until('pin');
    typePin();
    expect(await running).toMatchObject({ status: 'complete' });
  });
});

describe('what a prompt says of certificates', () => {
  it.each([
    ['usage', []],
    ['no-key', []],
    ['untrusted', []],
    ['level', ['level']],
    ['expired', ['expired']],
  ] as const)(
    'says of a card that fits what else is on it only where that could have fitted: %s',
    async (why, said) => {
      const verdicts: Readonly<Record<string, CertificateVerdict>> = {
        level: { ...fits, level: 2 },
        expired: { usable: false, reason: 'expired' },
        untrusted: { usable: false, reason: 'untrusted' },
        usage: { usable: false, reason: 'usage' },
      };
      const { surface, set, card, login } = orderStage(({ fingerprint }) => verdicts[fingerprint] ?? fits);
      const fitting = card('a');
      const [held] = fitting.certificates!;
      const certificate = { ...held!.certificate, fingerprint: why };
      const other = why === 'no-key' ? { certificate } : { ...held!, certificate };
      set({ ...fitting, certificates: [held!, other] });
      const running = login();
      const view = await surface.until('pin');
      expect(view.candidates).toHaveLength(1);
      expect(view.unfit.map(({ reason }) => reason)).toEqual(said);
      surface.answer({ kind: 'cancel' });
      await running;
    },
  );

  it('tells of each that does not fit why not, the nearest first', async () => {
    const verdicts: Readonly<Record<string, CertificateVerdict>> = {
      level: { ...fits, level: 2 },
      expired: { usable: false, reason: 'expired' },
      untrusted: { usable: false, reason: 'untrusted' },
      usage: { usable: false, reason: 'usage' },
      issuer: { ...fits, testIssuer: false },
    };
    const stage = orderStage(({ fingerprint }) => verdicts[fingerprint] ?? fits);
    const { surface, set, card, login } = stage;
    const person = '191212121212';
    set(
      card('usage', { person }),
      card('nokey', { person, key: { algorithms: [] } }),
      card('issuer', { person }),
      card('untrusted', { person }),
      card('expired', { person }),
      card('level', { person }),
      card('other', { person: 'somebody' }),
      card('ca', { person, certificate: { isCa: true }, key: { algorithms: [] } }),
    );
    const running = login({ user: person });
    const view = await surface.until('explain');
    expect(view.problem?.code).toBe('levelNotMet');
    expect(view.unfit.map(({ reason, tokenLabel }) => [reason, tokenLabel])).toEqual([
      ['level', 'level'],
      ['expired', 'expired'],
      ['untrusted', 'untrusted'],
      ['issuer', 'issuer'],
      ['person', 'other'],
      ['no-key', 'nokey'],
      ['usage', 'usage'],
    ]);
    expect(view.unfit.map(({ level }) => level)).toEqual([2, undefined, undefined, 3, 3, 3, undefined]);
    surface.answer({ kind: 'acknowledge' });
    expect(await running).toEqual({ status: 'failed', hintCode: 'levelNotMet' });
  });

  it.each([
    ['only-one', ['a'], undefined],
    ['last-time', ['a', 'b'], 'b'],
    ['by-user', ['a', 'b'], undefined],
  ] as const)('tells why one was chosen: %s', async (because, names, remembered) => {
    const { surface, set, card, login, chosen } = orderStage();
    set(...names.map((name) => card(name, { person: 'p' })));
    if (remembered !== undefined) chosen.set('urn:test:rp 3', { token: `card:${remembered}`, certificate: remembered });
    const running = login();
    if (because === 'by-user') {
      const { candidates } = await surface.until('choose', (view) => view.chosenBecause === undefined);
      surface.answer({ kind: 'choose', candidateId: candidates[0]!.id });
    }
    expect((await surface.until('pin')).chosenBecause).toBe(because);
    surface.answer({ kind: 'cancel' });
    await running;
  });

  it('tells of several on one card that the first was taken', async () => {
    const { surface, set, card, login } = orderStage();
    const one = card('a');
    const [held] = one.certificates!;
    const longer = {
      ...held!,
      certificate: { ...held!.certificate, fingerprint: 'longer', notAfter: Date.UTC(2090, 0) },
    };
    set({ ...one, certificates: [held!, longer] });
    const running = login();
    expect(await surface.until('pin')).toMatchObject({ chosen: 'card:a/longer', chosenBecause: 'first-on-card' });
    surface.answer({ kind: 'cancel' });
    await running;
  });
});

describe('a request of the same service while a prompt stands open', () => {
  it('is told of at once, and no answer is lost by it', async () => {
    const { surface, set, card, login, typePin, askAgain } = orderStage();
    set(card('a'));
    const running = login();
    expect((await surface.until('pin')).askedAgain).toBe(false);
    askAgain();
    expect((await surface.until('pin', (view) => view.askedAgain)).chosen).toBe('card:a/a');
    const told = surface.views.length;
    askAgain();
    expect(surface.views).toHaveLength(told);
    typePin();
    expect(await running).toMatchObject({ status: 'complete' });
    const shown = surface.views.length;
    askAgain();
    expect(surface.views).toHaveLength(shown);
  });
});

describe('what will tell of a removed card', () => {
  const jwk = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' } as const;
  const claimsOf = (assertion: string): unknown =>
    JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString());

  it('is prepared once an order, stands in the assertion, and is armed before that is handed out', async () => {
    const armed: string[] = [];
    let prepared = 0;
    const prepare = () => {
      prepared += 1;
      return Promise.resolve({ jwk, arm: (token: string) => Promise.resolve(void armed.push(token)) });
    };
    const script: CardScript = { sign: () => Promise.reject(new PinVerificationError(0x11, 2)) };
    const { surface, set, card, login, typePin } = orderStage(undefined, { prepare });
    set(card('a', script));
    const running = login();
    await surface.until('pin');
    typePin();
    await surface.until('pin', ({ problem }) => problem !== undefined);
    expect(armed).toEqual([]);
    delete script.sign;
    typePin();
    const outcome = await running;
    expect('assertion' in outcome && claimsOf(outcome.assertion)).toMatchObject({ removal_jwk: jwk });
    expect(armed).toEqual(['card:a']);
    expect(prepared).toBe(1);
  });

  it('ends the login where it cannot be armed', async () => {
    const arm = () => Promise.reject(new MiddlewareError('ERR_INTERNAL', 'disk full'));
    const { surface, set, card, login, typePin, history } = orderStage(undefined, {
      prepare: () => Promise.resolve({ jwk, arm }),
    });
    set(card('a'));
    const running = login();
    await surface.until('pin');
    typePin();
    expect(await running).toEqual({ status: 'failed', hintCode: 'startFailed' });
    expect(history).toMatchObject([{ kind: 'login', outcome: 'failed' }]);
  });
});
