import { MiddlewareError } from './errors.js';

/** What a `kort:` link carries: opaque ids only, never an address. */
export interface KortLink {
  /** 1 to 255 visible ASCII characters. */
  readonly clientId: string;
  /** 22 to 128 base64url characters. */
  readonly ref: string;
}

/** Every character of a client_id as three, and room for the rest. */
const maxLength = 1024;

/** As it is written, and as browsers that know the scheme for a special one write it (URL Standard, section 4.4). */
const prefixes = ['kort://start?', 'kort://start/?'];

const clientIdForm = /^[\x21-\x7e]{1,255}$/;
const refForm = /^[A-Za-z0-9_-]{22,128}$/;

/**
 * What `encodeURIComponent` and URLSearchParams leave as it is, and of RFC 3986 section 3.4 what client_ids are made of;
 * any other character has to be percent-encoded.
 */
const rawForm = /^(?:[A-Za-z0-9._~:/@!*'()-]|%[0-9A-Fa-f]{2})+$/;

/**
 * Reads `kort://start?client_id=…&ref=…`: exactly this scheme and host in lower case, no user, port, path or fragment,
 * each of the two parameters once, in either order, and nothing besides. Whoever can open a link on this machine chose
 * what it says, so what has another form is refused and never repaired, nor shown.
 *
 * @throws {MiddlewareError} ERR_OOB_LINK with `reason`: linkForm, linkClientId, linkRef.
 */
export function parseKortLink(text: string): KortLink {
  const prefix = prefixes.find((known) => text.startsWith(known));
  if (prefix === undefined || text.length > maxLength) throw malformed('linkForm');
  const { client_id: rawClientId, ref } = parametersOf(text.slice(prefix.length));
  const clientId = rawForm.test(rawClientId) ? decode(rawClientId) : '';
  if (!clientIdForm.test(clientId)) throw malformed('linkClientId');
  if (!refForm.test(ref)) throw malformed('linkRef');
  return { clientId, ref };
}

type Parameters = Readonly<Record<'client_id' | 'ref', string>>;

function parametersOf(query: string): Parameters {
  const pairs = query.split('&').map((pair) => {
    const at = pair.indexOf('=');
    return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
  });
  const [names, values] = [pairs.map(([name]) => name), new Map(pairs.map(([name, value]) => [name, value]))];
  const clientId = values.get('client_id');
  const ref = values.get('ref');
  if (names.length !== 2 || clientId === undefined || ref === undefined) throw malformed('linkForm');
  return { client_id: clientId, ref };
}

/** One octet a character; what is no visible ASCII is refused by its form afterwards. */
function decode(raw: string): string {
  return raw.replaceAll(/%([0-9A-Fa-f]{2})/g, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function malformed(reason: 'linkForm' | 'linkClientId' | 'linkRef'): MiddlewareError {
  return new MiddlewareError('ERR_OOB_LINK', 'Not a kort: link', { fields: { reason } });
}
