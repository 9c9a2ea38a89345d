import { LoginFailure } from '../kort-login/kort-login.mjs';
import { ensureSession, sessionOf } from '../kort-login/browser-session.mjs';
import { languageOf, readJson, redirect, refusal, sendJson, sendPage } from '../http.mjs';
import { failurePage, loginPage } from './pages.mjs';
import { levelsAsked } from './provider.mjs';

/*
 * The pages between oidc-provider's question "who is this?" and its answer. oidc-provider binds /interaction/UID to a
 * signed cookie of its own; kort's logins are bound to theirs besides, so that this works with any other provider too.
 */
export function createInteraction({ provider, kortLogin, accounts, cardSessions, config }) {
  const { origin, clientId, endpoint } = config;

  /** Throws when the browser that asks is not the one that this interaction belongs to. */
  async function detailsOf(request, response, uid) {
    const details = await provider.interactionDetails(request, response).catch(() => undefined);
    if (details?.uid !== uid) throw new LoginFailure(details === undefined ? 'expired' : 'otherBrowser');
    return details;
  }

  const contextOf = (uid) => `/interaction/${uid}`;

  /** The browser that asks, and what for. */
  const askerOf = (request, uid) => ({ session: sessionOf(request, origin), context: contextOf(uid) });

  async function showLogin(request, response, uid) {
    const { params } = await detailsOf(request, response, uid);
    const acrValues = levelsAsked(params);
    const client = await provider.Client.find(params.client_id);
    const session = ensureSession(request, response, origin);
    const login = kortLogin.begin({
      session,
      context: contextOf(uid),
      acrValues,
      bindingMessage: client.clientName,
    });
    const query = new URLSearchParams({ client_id: clientId, ref: login.ref }).toString();
    const page = loginPage({
      language: languageOf(request),
      self: contextOf(uid),
      login,
      application: client.clientName,
      level: acrValues.map((value) => value.at(-1)).join(', '),
      endpoint,
      startUrl: `${endpoint}/oob/v1/start?${query}`,
      schemeUrl: `kort://start?${query}`,
      only: config.launcher,
    });
    sendPage(response, page, { connect: [endpoint] });
  }

  /** What oidc-provider is told of a verified login. */
  function resultOf(login) {
    cardSessions.remember(login);
    accounts.remember(login);
    const { subject, level, amr, orderId } = login;
    return { login: { accountId: subject, acr: level, amr, orderId } };
  }

  async function giveRequest(request, response, uid) {
    await detailsOf(request, response, uid);
    const { ref } = await readJson(request);
    sendJson(response, { request: await kortLogin.requestForPage({ ref, ...askerOf(request, uid) }) });
  }

  async function takeAnswer(request, response, uid) {
    await detailsOf(request, response, uid);
    const { ref, answer } = await readJson(request);
    const login = await kortLogin.finishOnPage({ ref, answer, ...askerOf(request, uid) });
    sendJson(response, { location: await provider.interactionResult(request, response, resultOf(login)) });
  }

  async function comeBack(request, response, uid, query) {
    const code = query.get('response_code');
    const login = await kortLogin.finishOnReturn({ code, ...askerOf(request, uid) });
    await detailsOf(request, response, uid);
    await provider.interactionFinished(request, response, resultOf(login));
  }

  async function leave(request, response) {
    const result = { error: 'access_denied', error_description: 'the user left the login page' };
    redirect(response, await provider.interactionResult(request, response, result));
  }

  const pages = { 'GET ': showLogin, 'GET /return': comeBack, 'GET /abort': leave };
  const calls = { 'POST /request': giveRequest, 'POST /answer': takeAnswer };

  return async (request, response, url) => {
    const [, uid, step = ''] = /^\/interaction\/([\w-]{1,64})(\/\w+)?$/.exec(url.pathname) ?? [];
    const name = `${request.method} ${step}`;
    const handler = pages[name] ?? calls[name];
    if (handler === undefined) throw refusal(404);
    try {
      await handler(request, response, uid, url.searchParams);
    } catch (error) {
      if (!(error instanceof LoginFailure)) throw error;
      const { reason, cause } = error;
      config.log(`login failed: ${reason}${cause === undefined ? '' : ` (${cause.message})`}`);
      if (name in calls) {
        sendJson(response, { reason }, 400);
        return;
      }
      const self = reason === 'otherBrowser' || reason === 'expired' ? undefined : contextOf(uid);
      sendPage(response, failurePage({ language: languageOf(request), reason, self }), { status: 400 });
    }
  };
}
