/*
 * Logins with kort for an identity provider: everything between "somebody wants to sign in" and "it is this person".
 * No HTTP and no OIDC in it, so that it can be lifted out as it is. What it keeps, it keeps in memory: an identity
 * provider of several processes puts `logins` and `returns` into a store that all of them share and that answers
 * "take it once" atomically.
 */
import { createHash, randomBytes } from 'node:crypto';
import { createRequestObject, newConfirmationCode, verifyAssertion } from 'kort/verify';
import { BoundedMap } from './bounded-map.mjs';

/** From the start of a login to its end: 5 minutes to start, 3 to sign, 3 to collect. */
const loginMs = 11 * 60_000;
/** The way back from the card to the browser takes no user. */
const returnMs = 60_000;
const walletNoncePattern = /^[A-Za-z0-9_-]{22,128}$/;
/** What kort may post or tell instead of an answer; nobody signs it, so nothing else in its place is shown or logged. */
const hints = new Set([
  'userCancel',
  'expiredTransaction',
  'certificateErr',
  'noSuitableCertificate',
  'levelNotMet',
  'pinBlocked',
  'cardRemoved',
  'cancelled',
  'startFailed',
  'requestFailed',
  'deliveryFailed',
]);

/** A login that did not come about; `reason` is what a page explains. */
export class LoginFailure extends Error {
  /** @param {string} reason a hint of the protocol (`userCancel` …), `expired`, `otherBrowser`, or an ERR_VERIFY_… code */
  constructor(reason, options) {
    super(`login failed: ${reason}`, options);
    this.reason = reason;
  }
}

/**
 * @typedef {object} KortLoginOptions
 * @property {string} clientId as registered with kort
 * @property {string} origin of the login page, as registered
 * @property {{privateKey: import('node:crypto').KeyObject, algorithm: 'ES256', keyId: string}} key signs requests, and nothing else
 * @property {import('kort/verify').TrustPolicy} policy whom to trust to name persons
 * @property {string} responseUri the registered `response_endpoint`
 * @property {(login: {context: string}, code: string) => string} returnUri where the browser comes back to
 * @property {object} [revocation] asked last of every certificate
 * @property {(login: import('kort/verify').VerifiedLogin) => boolean} [accept] a last say, such as no test issuers
 * @property {() => number} [now]
 */

/** @param {KortLoginOptions} options */
export function createKortLogin(options) {
  const { clientId, origin, key, policy, responseUri, returnUri, revocation } = options;
  const { accept = () => true, now = Date.now } = options;
  /** By `ref`. */
  const logins = new BoundedMap();
  /** `ref` by the hash of a one-time return code. */
  const returns = new BoundedMap();

  function sweep() {
    for (const [ref, { until }] of logins) if (until < now()) logins.delete(ref);
    for (const [hash, { until }] of returns) if (until < now()) returns.delete(hash);
  }

  /** A login that this browser session began, for just this, and that is in this state. */
  function own(ref, { session, context }, state) {
    const login = logins.get(ref);
    if (login === undefined || login.until < now()) throw new LoginFailure('expired');
    if (login.session !== session) throw new LoginFailure('otherBrowser');
    // Or a signature would sign its signer in, and a login at one level finish a question for another.
    if (login.context !== context || login.state !== state) throw new LoginFailure('expired');
    return login;
  }

  async function makeRequest(login, wishes) {
    const { acrValues, user, bindingMessage, confirmationCode, signature } = login;
    const { request, nonce } = await createRequestObject({
      clientId,
      key,
      acrValues,
      confirmationCode,
      ...(user === undefined ? {} : { user }),
      ...(bindingMessage === undefined ? {} : { bindingMessage }),
      ...(signature === undefined ? {} : { signature }),
      ...wishes,
    });
    Object.assign(login, { request, nonce });
    return request;
  }

  /** Verifies an answer in the session that began the login. Whatever comes out, the login is over. */
  async function settle(login, answer) {
    // Before anything is awaited: two answers may come at once.
    logins.delete(login.ref);
    if (answer.error !== undefined) throw new LoginFailure(hints.has(answer.error) ? answer.error : 'unknown');
    const { request, nonce } = login;
    let fresh = true;
    const consumeNonce = (used) => {
      const first = fresh && used === nonce;
      fresh = false;
      return Promise.resolve(first);
    };
    const expectations = { clientId, request, origins: [origin], policy, consumeNonce, revocation, now: now() };
    const verified = await login.verify(answer, expectations).catch((cause) => {
      throw new LoginFailure(cause.code ?? 'unknown', { cause });
    });
    if (!accept(verified)) throw new LoginFailure('notAccepted');
    return verified;
  }

  return {
    /**
     * Begins a login under a browser session.
     *
     * @param {object} wishes
     * @param {string} wishes.session value of the cookie (HttpOnly, SameSite=Lax) of the browser that begins it
     * @param {string} wishes.context what the login is for, such as a path: `returnUri` gets it back, and it is finished
     *   for nothing else
     * @param {string[]} wishes.acrValues exactly these levels will do
     * @param {string} [wishes.user] personal number or HSA-id of the only person who will do
     * @param {string} [wishes.bindingMessage] shown by the prompt as the service's words
     * @param {object} [wishes.signature] what to sign, instead of a login
     * @param {Function} [wishes.verify] verifies the answer to another wish than a login
     * @returns {{ref: string, confirmationCode: string}} what the login page needs
     * @throws {TypeError} without a session: any browser without one could finish it
     */
    begin({ verify = (answer, expectations) => verifyAssertion(answer.assertion, expectations), ...wishes }) {
      if (typeof wishes.session !== 'string' || wishes.session === '') throw new TypeError('a login without a session');
      sweep();
      const login = {
        ...wishes,
        verify,
        ref: randomBytes(32).toString('base64url'),
        confirmationCode: newConfirmationCode(),
        state: 'begun',
        until: now() + loginMs,
      };
      logins.set(login.ref, login);
      return { ref: login.ref, confirmationCode: login.confirmationCode };
    },

    /** The request object for the page that shows the login; once. */
    async requestForPage({ ref, session, context }) {
      const login = own(ref, { session, context }, 'begun');
      login.state = 'on-page';
      return await makeRequest(login, { launchers: ['page'] });
    },

    /** What the page collected. @returns {Promise<import('kort/verify').VerifiedLogin>} */
    async finishOnPage({ ref, session, context, answer }) {
      return await settle(own(ref, { session, context }, 'on-page'), answer);
    },

    /**
     * Gives the request object out to whoever brings `ref` first: the user's computer, for redirect and scheme.
     * Undefined for a `ref` that is not there (any more), and for a caller that is not kort.
     */
    async giveOut({ client_id, ref, wallet_nonce }) {
      const login = logins.get(ref);
      const known = login !== undefined && login.until > now() && login.state === 'begun' && client_id === clientId;
      if (!known || typeof wallet_nonce !== 'string' || !walletNoncePattern.test(wallet_nonce)) return undefined;
      login.state = 'given';
      const directPost = { responseUri, walletNonce: wallet_nonce };
      return { request: await makeRequest(login, { launchers: ['redirect', 'scheme'], directPost }) };
    },

    /**
     * Stores what the user's computer posted, and says where the browser shall go on. That alone signs nobody in.
     * Undefined for a `ref` that waits for no answer.
     */
    receive({ ref, ...answer }) {
      const login = logins.get(ref);
      if (login === undefined || login.until < now() || login.state !== 'given') return undefined;
      const code = randomBytes(16).toString('base64url');
      login.state = 'answered';
      login.answer = answer;
      returns.set(hashOf(code), { ref, until: now() + returnMs });
      return { redirect_uri: returnUri(login, code) };
    },

    /**
     * The browser is back with its one-time code. It must be the browser that began the login: otherwise somebody was
     * made to approve another's login, and the answer is thrown away.
     *
     * @returns {Promise<import('kort/verify').VerifiedLogin>}
     */
    async finishOnReturn({ code, session, context }) {
      const found = typeof code === 'string' ? returns.get(hashOf(code)) : undefined;
      if (found === undefined || found.until < now()) throw new LoginFailure('expired');
      returns.delete(hashOf(code));
      try {
        const login = own(found.ref, { session, context }, 'answered');
        return await settle(login, login.answer);
      } finally {
        logins.delete(found.ref);
      }
    },
  };
}

/** A code that leaks from the store opens nothing. */
const hashOf = (code) => createHash('sha256').update(code).digest('base64url');
