import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/ports.js';
import { createIssuerClient } from '../../src/enrollment/create-issuer-client.js';
import type { IssuerLogin } from '../../src/enrollment/issuer-client.js';
import type { RelyingParty } from '../../src/model/relying-party.js';
import { parseRelyingParty } from '../../src/oob/relying-party-entry.js';
import { parseCertificate } from '../../src/pki/certificate.js';
import { createHttpClient } from '../../src/platform/http-client.js';
import { IssuerStage, subjectOf, type Person } from '../support/issuer-stage.js';

let stage: IssuerStage;
let party: RelyingParty;
const client = createIssuerClient({ http: createHttpClient(), clock: systemClock });
const { signal } = new AbortController();
beforeAll(async () => {
  stage = await IssuerStage.open();
  party = parseRelyingParty(stage.issuer.entry, 'system');
});
afterEach(() => {
  stage.revocation.restore('tolvan');
  stage.issuer.reset();
});
afterAll(async () => await stage.close());

const logIn = async (person: Person): Promise<IssuerLogin> =>
  await client.logIn(party, (request) => Promise.resolve(stage.assertionOf(request, person)), signal);

describe("the product's own client at the sandbox's issuer", () => {
  it('logs in, sees what waits, and enrolls and renews, the same way each time', async () => {
    const login = await logIn('tolvan');
    expect(Math.abs(login.clockSkewMs!)).toBeLessThan(60_000);
    const orders = await login.orders(signal);
    expect(orders).toEqual(stage.issuer.waiting.filter(({ card }) => card === 'tolvan').map(({ order }) => order));
    expect((await login.caCertificates(signal)).map((der) => parseCertificate(der).isCa)).toEqual(Array(6).fill(true));
    for (const order of orders) {
      const { der } = await stage.request({ subject: subjectOf('tolvan') });
      const first = await login.enroll(order, der);
      expect(parseCertificate(first.certificate).person.personId).toBe('TSTNMT2321000156-1024');
      expect(await login.enroll(order, der)).toEqual(first);
    }
    expect(await login.orders(signal)).toEqual([]);
  });

  it.each([
    ['down', 'ERR_REMOTE_UNREACHABLE'],
    ['cut', 'ERR_REMOTE_UNREACHABLE'],
    ['sign-and-hang-up', 'ERR_REMOTE_UNREACHABLE'],
    ['garbage', 'ERR_ISSUER_RESPONSE'],
    ['refuse', 'ERR_ISSUER_REFUSED'],
    ['retry-later', 'ERR_ISSUER_PENDING'],
  ] as const)('tells of the fault %s by %s, and gets its certificate afterwards', async (fault, code) => {
    const login = await logIn('tolvan');
    const [order] = await login.orders(signal);
    const { der } = await stage.request();
    stage.issuer.setFault(fault);
    await expect(login.enroll(order!, der)).rejects.toMatchObject({ code });
    stage.issuer.setFault('none');
    const { certificate } = await login.enroll(order!, der);
    expect(stage.book.certificatesOf('tolvan').map((known) => Buffer.from(known))).toContainEqual(
      Buffer.from(certificate),
    );
  });

  it('hears in words why a login is refused', async () => {
    stage.revocation.revoke('tolvan', 'keyCompromise');
    await expect(logIn('tolvan')).rejects.toMatchObject({
      code: 'ERR_ISSUER_LOGIN',
      fields: { text: 'The certificate that signed the login is revoked.' },
    });
  });
});
