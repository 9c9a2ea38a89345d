/* What the sample servers share of HTTP: reading small bodies, sending pages with the headers that pages need. */

const bodyBytes = 64 * 1024;

/** @throws {Error} with `status` 400, 413 or 415 */
export async function readJson(request) {
  if (request.headers['content-type'] !== 'application/json') throw refusal(415);
  try {
    return JSON.parse(await readText(request));
  } catch (error) {
    throw error.status === undefined ? refusal(400) : error;
  }
}

/** @throws {Error} with `status` 413 or 415 */
export async function readForm(request) {
  if (request.headers['content-type'] !== 'application/x-www-form-urlencoded') throw refusal(415);
  return new URLSearchParams(await readText(request));
}

/** Ends the handling of a request with a bare status. */
export function refusal(status) {
  return Object.assign(new Error(`refused with ${status}`), { status });
}

async function readText(request) {
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > bodyBytes) throw refusal(413);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** What is asked for; undefined for a target that is none, such as `//`. */
export function urlOf({ url }, origin) {
  return URL.canParse(url, origin) ? new URL(url, origin) : undefined;
}

export function sendJson(response, value, status = 200) {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(value));
}

export function redirect(response, location) {
  response.writeHead(303, { location, 'cache-control': 'no-store' }).end();
}

/** `connect` lists what scripts of the page may call besides their own server. */
export function sendPage(response, html, { status = 200, connect = [] } = {}) {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      ['connect-src', "'self'", ...connect].join(' '),
      "form-action 'none'",
      "base-uri 'none'",
      // kort cannot see that a call comes from a frame: login pages must not be framed.
      "frame-ancestors 'none'",
    ].join('; '),
    // kort takes a redirect only from a page whose origin it can see, and nobody needs to see more.
    'referrer-policy': 'origin',
    'cross-origin-opener-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
  });
  response.end(html);
}

/** Runs a handler; what it throws becomes a status, and what is not a refusal is told to whoever runs the server. */
export async function answering(response, handler) {
  try {
    await handler();
  } catch (error) {
    const { status = 500 } = error;
    if (status === 500) process.stderr.write(`${error.stack}\n`);
    if (!response.headersSent) response.writeHead(status);
    response.end();
  }
}

const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text that is markup already. A class, since whatever comes as JSON can look like any object, but is of none. */
class Markup {
  constructor(text) {
    this.text = text;
  }

  toString() {
    return this.text;
  }
}

/** Tagged template: values are escaped unless they come from another `html`. */
export function html(strings, ...values) {
  const text = strings.reduce((before, part, index) => {
    const value = values[index - 1] ?? '';
    return before + [value].flat().map(escape).join('') + part;
  });
  return new Markup(text);
}

/** JSON inside a script element: no sequence in it may end the element. */
export const jsonMarkup = (value) => new Markup(JSON.stringify(value).replaceAll('<', '\\u003c'));

const escape = (value) =>
  value instanceof Markup ? value.text : String(value).replace(/[&<>"']/g, (sign) => escapes[sign]);

/** Swedish or English, by what the browser asks for. */
export function languageOf(request) {
  const accepted = (request.headers['accept-language'] ?? '').toLowerCase().split(/[\s,;]+/);
  return accepted.find((name) => /^(sv|en)\b/.test(name))?.startsWith('sv') ? 'sv' : 'en';
}
