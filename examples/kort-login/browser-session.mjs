import { randomBytes } from 'node:crypto';

/*
 * The cookie that ties a login to the browser that began it. Lax, not Strict: the way back from the card starts on
 * another site, and a Strict cookie would not come along. With https its name says that no other host set it.
 */
const nameOn = (origin) => (origin.startsWith('https:') ? '__Host-kort-login' : 'kort-login');

/** The session of the browser that asks, or undefined. */
export function sessionOf(request, origin) {
  const cookies = (request.headers.cookie ?? '').split('; ').map((pair) => pair.split('='));
  return cookies.find(([name]) => name === nameOn(origin))?.[1];
}

/** The session of the browser that asks; a new one if it has none. */
export function ensureSession(request, response, origin) {
  const known = sessionOf(request, origin);
  if (known !== undefined) return known;
  const session = randomBytes(32).toString('base64url');
  const secure = origin.startsWith('https:') ? '; Secure' : '';
  response.appendHeader('set-cookie', `${nameOn(origin)}=${session}; Path=/; HttpOnly; SameSite=Lax${secure}`);
  return session;
}
