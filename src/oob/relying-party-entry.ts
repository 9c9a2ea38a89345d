import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { MiddlewareError } from '../core/errors.js';
import { sanitizeOutsideText } from '../core/outside-text.js';
import {
  launchers,
  type EnrollmentEndpoints,
  type RelyingParty,
  type RelyingPartyEndpoints,
} from '../model/relying-party.js';
import { unique } from './protocol.js';
import { keySetSchema } from './relying-party-keys.js';

const nameSchema = z
  .string()
  .max(80)
  .transform((text) => sanitizeOutsideText(text))
  .pipe(z.string().min(1));

const url = z.string().min(1).max(1024);

const entrySchema = z.strictObject({
  client_id: z.string().regex(/^[\x21-\x7e]{1,255}$/),
  display_name: z.strictObject({ sv: nameSchema, en: nameSchema }),
  origins: z.array(z.string().max(255)).max(16).refine(unique, 'twice').default([]),
  jwks: keySetSchema.optional(),
  jwks_uri: url.optional(),
  acr_values: z
    .array(z.enum(['http://id.sambi.se/loa/loa2', 'http://id.sambi.se/loa/loa3']))
    .min(1)
    .refine(unique, 'twice'),
  issuers: z.array(z.string().min(1).max(512)).max(16).default([]),
  launchers: z.array(z.enum(launchers)).min(1).refine(unique, 'twice'),
  purposes: z
    .array(z.enum(['auth', 'sign']))
    .min(1)
    .refine(unique, 'twice'),
  request_endpoint: url.optional(),
  response_endpoint: url.optional(),
  removal_endpoint: url.optional(),
  enrollment: z.strictObject({ session_endpoint: url, orders_endpoint: url, est_endpoint: url }).optional(),
  ca_file: z.string().max(1024).refine(isAbsolute, 'not an absolute path').optional(),
  pins: z.array(z.string().refine(isPin, 'not a SHA-256 in base64')).min(1).max(8).refine(unique, 'twice').optional(),
  unbound: z.boolean().default(false),
  pin_for_each_document: z.boolean().default(false),
});

type Entry = z.infer<typeof entrySchema>;
type Source = RelyingParty['source'];

/** RFC 7030 §3.2.2; what comes after it is added by whoever calls. */
const estPath = '/.well-known/est';

/** What is wrong where; undefined when nothing is. */
type Rule = (entry: Entry, source: Source) => readonly [path: string, detail: string] | undefined;

/** What the members say to each other, and what only an administrator may write. */
const rules: readonly Rule[] = [
  ({ origins }, source) => {
    const wrong = origins.findIndex((origin) => !isAllowedOrigin(origin, source));
    return wrong < 0 ? undefined : [`origins.${wrong}`, 'not an exact https origin'];
  },
  ({ launchers: reached, origins, unbound }) => {
    // A page comes from one, and a launch goes back to one unless no browser can return.
    const needed = reached.some((launcher) => launcher !== 'process' && !(launcher === 'scheme' && unbound));
    return needed && origins.length === 0 ? ['origins', 'a browser needs an origin'] : undefined;
  },
  ({ jwks, jwks_uri }) => {
    if (jwks === undefined && jwks_uri === undefined) return ['jwks', 'no keys'];
    return jwks === undefined || jwks_uri === undefined ? undefined : ['jwks_uri', 'keys in two places'];
  },
  ({ jwks_uri: address }) =>
    address === undefined || isAllowedAddress(address, 'system') ? undefined : ['jwks_uri', 'not an https address'],
  ({ jwks_uri, pins }) => (jwks_uri === undefined || pins !== undefined ? undefined : ['pins', 'keys need pins']),
  (entry, source) => {
    const names = ['request_endpoint', 'response_endpoint', 'removal_endpoint'] as const;
    const wrong = names.find((name) => entry[name] !== undefined && !isAllowedAddress(entry[name], source));
    return wrong && [wrong, 'not an https address'];
  },
  (entry) => {
    if (!entry.launchers.includes('redirect') && !entry.launchers.includes('scheme')) return undefined;
    const missing = (['request_endpoint', 'response_endpoint'] as const).find((name) => entry[name] === undefined);
    return missing && [missing, 'a launch needs it'];
  },
  ({ enrollment = {} }, source) => {
    const wrong = Object.entries(enrollment).find(([, address]) => !isAllowedAddress(address, source));
    return wrong && [`enrollment.${wrong[0]}`, 'not an https address'];
  },
  ({ enrollment }) =>
    enrollment === undefined || enrollment.est_endpoint.endsWith(estPath)
      ? undefined
      : ['enrollment.est_endpoint', `does not end in ${estPath}`],
  ({ enrollment, launchers: reached, purposes }) => {
    if (enrollment === undefined) return undefined;
    if (!reached.includes('process')) return ['launchers', 'an issuer needs process'];
    return purposes.includes('auth') ? undefined : ['purposes', 'an issuer needs auth'];
  },
  ({ unbound }, source) => (unbound && source === 'user' ? ['unbound', 'for the administrator only'] : undefined),
  ({ unbound, launchers: reached }) =>
    unbound && !reached.includes('scheme') ? ['unbound', 'without scheme'] : undefined,
];

/**
 * Reads one entry of the registry of relying parties from its parsed JSON.
 *
 * @param json - what the file holds, already parsed.
 * @param source - whose folder it lies in; plain http on the loopback is for user entries only, `unbound` for those of
 *   the administrator.
 * @throws {MiddlewareError} ERR_CONFIG_INVALID with the `path` in the entry and a `detail` for developers.
 */
export function parseRelyingParty(json: unknown, source: Source): RelyingParty {
  const parsed = entrySchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw invalid(issue?.path.join('.') ?? '', issue?.message ?? 'invalid');
  }
  const entry = parsed.data;
  for (const rule of rules) {
    const broken = rule(entry, source);
    if (broken !== undefined) throw invalid(...broken);
  }
  return {
    clientId: entry.client_id,
    displayName: entry.display_name,
    origins: entry.origins,
    jwks: entry.jwks ?? { keys: [] },
    acrValues: entry.acr_values,
    issuers: entry.issuers,
    launchers: entry.launchers,
    purposes: entry.purposes,
    endpoints: endpointsOf(entry),
    unbound: entry.unbound,
    pinForEachDocument: entry.pin_for_each_document,
    source,
  };
}

function endpointsOf(entry: Entry): RelyingPartyEndpoints {
  const { request_endpoint, response_endpoint, removal_endpoint, jwks_uri, enrollment, ca_file } = entry;
  return {
    ...(request_endpoint === undefined ? {} : { request: request_endpoint }),
    ...(response_endpoint === undefined ? {} : { response: response_endpoint }),
    ...(removal_endpoint === undefined ? {} : { removal: removal_endpoint }),
    ...(jwks_uri === undefined ? {} : { keys: jwks_uri }),
    ...(enrollment === undefined ? {} : { enrollment: enrollmentOf(enrollment) }),
    ...(ca_file === undefined ? {} : { caFile: ca_file }),
    pins: entry.pins ?? [],
  };
}

function enrollmentOf(entry: NonNullable<Entry['enrollment']>): EnrollmentEndpoints {
  return { session: entry.session_endpoint, orders: entry.orders_endpoint, est: entry.est_endpoint };
}

const invalid = (path: string, detail: string): MiddlewareError =>
  new MiddlewareError('ERR_CONFIG_INVALID', `Relying party entry is invalid at ${path}: ${detail}`, {
    fields: { path, detail },
  });

const loopbackHosts: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

// What a browser sends: no path, no default port, lower case, punycode.
const isAllowedOrigin = (origin: string, source: Source): boolean =>
  URL.canParse(origin) && new URL(origin).origin === origin && isAllowedScheme(new URL(origin), source);

function isAllowedAddress(address: string, source: Source): boolean {
  if (!URL.canParse(address)) return false;
  const { href, username, password } = new URL(address);
  // Written as it is called, so that no reader takes it for another: an empty user or fragment changes it too.
  const asCalled = href === address || href === `${address}/`;
  return asCalled && !address.includes('#') && username + password === '' && isAllowedScheme(new URL(address), source);
}

const isAllowedScheme = ({ protocol, hostname }: URL, source: Source): boolean =>
  protocol === 'https:' || (protocol === 'http:' && source === 'user' && loopbackHosts.includes(hostname));

function isPin(text: string): boolean {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === 32 && bytes.toString('base64') === text;
}
