import { html, jsonMarkup } from '../http.mjs';
import { texts } from './texts.mjs';

/**
 * The login page. Everything that a script needs stands in `data-` attributes, and the links work without script.
 *
 * @param {object} view
 * @param {string} view.endpoint where kort listens
 * @param {string} view.startUrl of the redirect launcher
 * @param {string} view.schemeUrl of the scheme launcher
 * @param {string} view.only the one launcher that is allowed; empty for all, in the order page, redirect, scheme
 */
export function loginPage({
  language,
  self,
  login,
  purpose = 'auth',
  application,
  level,
  endpoint,
  startUrl,
  schemeUrl,
  only,
}) {
  const text = texts[language];
  const way = (name, href, label) =>
    only === '' || only === name ? html`<a class="button" data-way="${name}" href="${href}">${label}</a>` : '';
  return document(
    language,
    text.title,
    html`<main
      data-self="${self}"
      data-login="${login.ref}"
      data-endpoint="${endpoint}"
      data-only="${only}"
      data-purpose="${purpose}"
    >
      <h1>${purpose === 'sign' ? text.signTitle : text.title}</h1>
      <p>${purpose === 'sign' ? text.toSign : text.forApplication(application, level)}</p>
      <div id="comparison">
        <p>${text.code}</p>
        <p class="code" id="code">${login.confirmationCode}</p>
      </div>
      <p id="status" role="status" hidden>${text.status.checking}</p>
      <noscript><p>${text.noScript}</p></noscript>
      <p>
        ${way('redirect', startUrl, text.redirect)} ${way('scheme', schemeUrl, text.scheme)}
        <button id="cancel" type="button" hidden>${text.cancel}</button>
        <a class="button first" id="again" href="${self}" hidden>${text.again}</a>
        <a class="button" href="${self}/abort">${text.leave}</a>
      </p>
      <p><small>${text.neverType}</small></p>
      <script type="application/json" id="texts">
        ${jsonMarkup(text.status)}
      </script>
      <script type="module" src="/login.js"></script>
    </main>`,
  );
}

/** Why nobody was signed in. Without `self` there is nothing to go back to. */
export function failurePage({ language, reason, self }) {
  const text = texts[language];
  const ways =
    self === undefined
      ? ''
      : html`<p>
          <a class="button first" id="again" href="${self}">${text.again}</a>
          <a class="button" href="${self}/abort">${text.leave}</a>
        </p>`;
  return document(
    language,
    text.failedTitle,
    html`<main data-failure="${reason}">
      <h1>${text.failedTitle}</h1>
      <p class="note failed">${text.status[reason] ?? text.status.unknown}</p>
      ${ways}
    </main>`,
  );
}

/** The user left, and there is no service that waits. */
export function cancelledPage({ language, again }) {
  const text = texts[language];
  return document(
    language,
    text.signCancelledTitle,
    html`<main id="cancelled">
      <h1>${text.signCancelledTitle}</h1>
      <p class="note">${text.signCancelled}</p>
      <p><a class="button first" id="again" href="${again}">${text.again}</a></p>
    </main>`,
  );
}

export function document(language, title, body) {
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${title}</title>
        <link rel="stylesheet" href="/style.css" />
      </head>
      <body>
        ${body}
      </body>
    </html>`.toString();
}
