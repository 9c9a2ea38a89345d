import { generateKeyPairSync } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { createLogoutToken } from '../../src/oob/logout-token.js';
import { defaultLevelTable, trustPolicyFrom } from '../../src/verify/verify.js';

// The sample imports the package by its name, which is the built one: here it gets the sources.
vi.mock('kort/verify', async () => await import('../../src/verify/verify.js'));

type Answer = Readonly<Record<string, unknown>>;

/** What the sample's core of logins offers. */
interface KortLogin {
  begin(wishes: Answer): { ref: string };
  requestForPage(wishes: Answer): Promise<string>;
  finishOnPage(wishes: Answer): Promise<unknown>;
  giveOut(body: Answer): Promise<{ request: string } | undefined>;
  receive(body: Answer): { redirect_uri: string } | undefined;
  finishOnReturn(wishes: Answer): Promise<unknown>;
}

const { createKortLogin } = (await import('../../examples/kort-login/kort-login.mjs')) as unknown as {
  readonly createKortLogin: (options: Answer) => KortLogin;
};
const { html } = (await import('../../examples/http.mjs')) as unknown as {
  readonly html: (strings: TemplateStringsArray, ...values: unknown[]) => { toString(): string };
};
const { createCardSessions } = (await import('../../examples/sample-idp/card-sessions.mjs')) as unknown as {
  readonly createCardSessions: (provider: Answer) => {
    remember(login: Answer): void;
    removalKeyOf(orderId: string): unknown;
  };
};

const { claimsOf } = (await import('../../examples/sample-idp/accounts.mjs')) as unknown as {
  readonly claimsOf: (login: Answer) => Answer;
};
const { BoundedMap } = (await import('../../examples/kort-login/bounded-map.mjs')) as unknown as {
  readonly BoundedMap: new () => Map<unknown, unknown>;
};
const { createKortEndpoints } = (await import('../../examples/sample-idp/kort-endpoints.mjs')) as unknown as {
  readonly createKortEndpoints: (parts: Answer) => (...call: unknown[]) => Promise<void>;
};

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const session = 'session-of-the-browser-that-began';
const wishes = { session, context: '/interaction/one', acrValues: ['http://id.sambi.se/loa/loa3'] };

function sample(): KortLogin {
  return createKortLogin({
    clientId: 'urn:example:clinic',
    origin: 'https://login.clinic.example',
    key: { privateKey, algorithm: 'ES256', keyId: '1' },
    policy: trustPolicyFrom([], defaultLevelTable),
    responseUri: 'https://login.clinic.example/kort/response',
    returnUri: ({ context }: { context: string }, code: string) =>
      `https://login.clinic.example${context}/return?response_code=${code}`,
  });
}

/** Something to sign, whose answer is right. */
const signature = { context: '/sign', verify: () => Promise.resolve({ subject: '191212121212' }) };

/** Posts an answer as kort does, and says the code that the browser comes back with. */
async function answered(login: KortLogin, ref: string, answer: Answer): Promise<string> {
  await login.giveOut({ client_id: 'urn:example:clinic', ref, wallet_nonce: 'n'.repeat(22) });
  const { redirect_uri: address } = login.receive({ ref, ...answer })!;
  return new URL(address).searchParams.get('response_code')!;
}

describe('createKortLogin() of the sample', () => {
  it('finishes a signature where signatures are finished, and signs nobody in by it', async () => {
    const login = sample();
    const begin = (): string => login.begin({ ...wishes, ...signature }).ref;

    const code = await answered(login, begin(), { signatures: [] });
    await expect(login.finishOnReturn({ code, session, context: wishes.context })).rejects.toThrow('expired');
    await expect(login.finishOnReturn({ code, session, context: '/sign' }), 'thrown away').rejects.toThrow('expired');

    const ref = begin();
    await login.requestForPage({ ref, session, context: '/sign' });
    await expect(
      login.finishOnPage({ ref, session, context: wishes.context, answer: { signatures: [] } }),
    ).rejects.toThrow('expired');

    const right = await answered(login, begin(), { signatures: [] });
    await expect(login.finishOnReturn({ code: right, session, context: '/sign' })).resolves.toEqual({
      subject: '191212121212',
    });
  });

  it('finishes a login in the interaction that it was begun for, whatever address the browser was sent to', async () => {
    const login = sample();
    const code = await answered(login, login.begin(wishes).ref, { error: 'userCancel' });
    await expect(login.finishOnReturn({ code, session, context: '/interaction/two' })).rejects.toThrow('expired');
  });

  it('ties no login to a browser without a session', () => {
    for (const nobody of [undefined, '']) {
      expect(() => sample().begin({ ...wishes, session: nobody })).toThrow(TypeError);
    }
  });

  it.each([{ html: '<script src=/evil.js></script>' }, ['userCancel'], 'user<b>', 'a\nlogin failed: nothing', null, 1])(
    'shows and logs no error that is not a hint: %j',
    async (error) => {
      const login = sample();
      const code = await answered(login, login.begin(wishes).ref, { error });
      const failed = login.finishOnReturn({ code, session, context: wishes.context });
      await expect(failed).rejects.toMatchObject({ reason: 'unknown', message: 'login failed: unknown' });
    },
  );

  it('tells the hint that kort posted', async () => {
    const login = sample();
    const code = await answered(login, login.begin(wishes).ref, { error: 'userCancel' });
    const failed = login.finishOnReturn({ code, session, context: wishes.context });
    await expect(failed).rejects.toMatchObject({ reason: 'userCancel' });
  });
});

describe('html() of the sample', () => {
  it('takes for markup only what it made itself', () => {
    const foreign: unknown = JSON.parse('{"html": "<script>alert(1)</script>"}');
    expect(html`<p title="${foreign}">${html`<b>${'<i>'}</b>`}</p>`.toString()).toBe(
      '<p title="[object Object]"><b>&lt;i&gt;</b></p>',
    );
  });
});

describe('createCardSessions() of the sample', () => {
  it('keeps the key of a login, although another one says that it has the same order id', () => {
    const sessions = createCardSessions({ on: () => undefined });
    sessions.remember({ orderId: 'order', removalJwk: 'of the first' });
    expect(() => sessions.remember({ orderId: 'order', removalJwk: 'of a stranger' })).toThrow('notAccepted');
    expect(sessions.removalKeyOf('order')).toBe('of the first');
  });
});

describe('claimsOf() of the sample', () => {
  const login = { subject: '191212121212', level: 'http://id.sambi.se/loa/loa3', amr: ['pin', 'sc'] };
  const claimsWith = (policies: readonly string[]): Answer =>
    claimsOf({ ...login, certificate: { person: {}, policies } });

  it('leaves certificate policies out where the certificate names none', () => {
    expect(claimsWith([])).not.toHaveProperty('credentialCertificatePolicies');
    expect(claimsWith(['1.2.752.74'])).toHaveProperty('credentialCertificatePolicies', ['1.2.752.74']);
  });
});

describe('BoundedMap of the sample', () => {
  it('forgets the oldest of more than a thousand, and what was set again last', () => {
    const map = new BoundedMap();
    for (let index = 0; index < 1000; index += 1) map.set(index, index);
    map.set(0, 'again').set('new', 'new');
    expect(map.size).toBe(1000);
    expect([map.get(0), map.get(1), map.get(2), map.get('new')]).toEqual(['again', undefined, 2, 'new']);
  });

  it('keeps logins that nobody finishes from growing without an end', async () => {
    const login = sample();
    const refs = Array.from({ length: 1001 }, () => login.begin(wishes).ref);
    const page = { session, context: wishes.context };
    await expect(login.requestForPage({ ref: refs[0], ...page })).rejects.toThrow('expired');
    await expect(login.requestForPage({ ref: refs[1], ...page })).resolves.toBeTypeOf('string');
  });
});

describe('createKortEndpoints() of the sample', () => {
  it('tells whoever runs it that the removal of an unknown login is harmless', async () => {
    const said: string[] = [];
    const endpoints = createKortEndpoints({
      cardSessions: createCardSessions({ on: () => undefined }),
      config: { clientId: 'urn:example:clinic', log: (line: string) => said.push(line) },
    });
    const parts = { clientId: 'urn:example:clinic', orderId: 'order', id: 'report', privateKey, now: Date.now() };
    const body = new URLSearchParams({ logout_token: createLogoutToken(parts) }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const request = Object.assign(Readable.from([Buffer.from(body)]), { method: 'POST', headers });
    const answered = endpoints(request, undefined, { pathname: '/kort/removal' });
    await expect(answered).rejects.toMatchObject({ status: 400 });
    expect(said).toEqual([expect.stringMatching(/^removal refused: .*sid \(harmless: .* earlier run/)]);
  });
});
