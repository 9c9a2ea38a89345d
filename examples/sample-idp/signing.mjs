import { createHash } from 'node:crypto';
import { levelUri, verifySignatures } from 'kort/verify';
import { BoundedMap } from '../kort-login/bounded-map.mjs';
import { ensureSession, sessionOf } from '../kort-login/browser-session.mjs';
import { LoginFailure } from '../kort-login/kort-login.mjs';
import { html, languageOf, readJson, redirect, refusal, sendJson, sendPage } from '../http.mjs';
import { cancelledPage, document, failurePage, loginPage } from './pages.mjs';
import { texts } from './texts.mjs';

/*
 * A signature, for show: a text that is shown in full, and two documents that kort knows by their digests. What comes
 * back are CAdES signatures, one for each document. All else is as for a login.
 */
const visibleText = 'Jag skriver under remissen för Tolvan Tolvansson\ntill ögonmottagningen, med bilaga.';
const documents = [
  { label: 'Remiss', content: 'TEST remiss' },
  { label: 'Bilaga', content: 'TEST bilaga' },
].map(({ label, content }) => ({
  label,
  digestAlgorithm: 'sha256',
  digest: createHash('sha256').update(content).digest(),
}));

export function createSigning({ kortLogin, config }) {
  const { origin, clientId, endpoint } = config;
  const context = '/sign';
  /** What was signed last in a browser session. */
  const signed = new BoundedMap();

  function ask(request, response) {
    const login = kortLogin.begin({
      session: ensureSession(request, response, origin),
      context,
      acrValues: [levelUri(3)],
      signature: { visibleText, documents },
      verify: (answer, { origins: _ofLogins, ...expectations }) => verifySignatures(answer.signatures, expectations),
    });
    const query = new URLSearchParams({ client_id: clientId, ref: login.ref }).toString();
    const page = loginPage({
      language: languageOf(request),
      self: context,
      purpose: 'sign',
      login,
      endpoint,
      startUrl: `${endpoint}/oob/v1/start?${query}`,
      schemeUrl: `kort://start?${query}`,
      only: config.launcher,
    });
    sendPage(response, page, { connect: [endpoint] });
  }

  async function giveRequest(request, response) {
    const { ref } = await readJson(request);
    sendJson(response, {
      request: await kortLogin.requestForPage({ ref, session: sessionOf(request, origin), context }),
    });
  }

  async function takeAnswer(request, response) {
    const { ref, answer } = await readJson(request);
    const session = sessionOf(request, origin);
    signed.set(session, await kortLogin.finishOnPage({ ref, session, context, answer }));
    sendJson(response, { location: '/sign/done' });
  }

  async function comeBack(request, response, query) {
    const session = sessionOf(request, origin);
    signed.set(session, await kortLogin.finishOnReturn({ code: query.get('response_code'), session, context }));
    redirect(response, '/sign/done');
  }

  function show(request, response) {
    const result = signed.get(sessionOf(request, origin));
    if (result === undefined) throw refusal(404);
    const language = languageOf(request);
    const title = texts[language].signedBy(result.certificate.person.commonName);
    const rows = result.documents.map(
      ({ label, signature, signedAt }) =>
        html`<dt>${label}</dt>
          <dd>
            ${new Date(signedAt).toISOString()}
            <a download="${label}.p7s" href="data:application/pkcs7-signature;base64,${toBase64(signature)}">CAdES</a>
          </dd>`,
    );
    const body = html`<main id="signed">
      <h1>${title}</h1>
      <p>${result.subject}, ${result.level}</p>
      <pre>${result.visibleText}</pre>
      <dl>${rows}</dl>
    </main>`;
    sendPage(response, document(language, title, body));
  }

  function leave(request, response) {
    sendPage(response, cancelledPage({ language: languageOf(request), again: context }));
  }

  const handlers = {
    'GET /sign': ask,
    'POST /sign/request': giveRequest,
    'POST /sign/answer': takeAnswer,
    'GET /sign/return': comeBack,
    'GET /sign/done': show,
    'GET /sign/abort': leave,
  };

  return async (request, response, url) => {
    const handler = handlers[`${request.method} ${url.pathname}`];
    if (handler === undefined) throw refusal(404);
    try {
      await handler(request, response, url.searchParams);
    } catch (error) {
      if (!(error instanceof LoginFailure)) throw error;
      const { reason, cause } = error;
      config.log(`signature failed: ${reason}${cause === undefined ? '' : ` (${cause.message})`}`);
      if (request.method === 'POST') sendJson(response, { reason }, 400);
      else sendPage(response, failurePage({ language: languageOf(request), reason, self: '/sign' }), { status: 400 });
    }
  };
}

const toBase64 = (bytes) => Buffer.from(bytes).toString('base64');
