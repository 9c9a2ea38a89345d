import { isMiddlewareError, MiddlewareError } from '../core/errors.js';

/** What the parser of entries says for developers, by what users are told. Everything else is a wrong form. */
const ofDetail: Readonly<Record<string, string>> = {
  twice: 'fieldTwice',
  'kid twice': 'fieldTwice',
  'key does not fit its alg': 'keyAlgorithm',
  'not a public key of at least 2048 bits or on P-256 or P-384': 'keyUnfit',
  'not an exact https origin': 'originForm',
  'a browser needs an origin': 'originNeeded',
  'no keys': 'keysMissing',
  'keys in two places': 'keysTwice',
  'keys need pins': 'pinsNeeded',
  'not an https address': 'addressForm',
  'a launch needs it': 'endpointNeeded',
  'for the administrator only': 'unboundUser',
  'without scheme': 'unboundScheme',
  'not an absolute path': 'pathForm',
  'not a SHA-256 in base64': 'pinForm',
};

/** Members of a JSON Web Key that only its owner may have (RFC 7518 §6.2.2, §6.3.2, §6.4.1). */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** Adds `field` and `reason` to what the parser complained about; a private key in the entry comes before all else. */
export function explainEntry(error: unknown, json: unknown): unknown {
  if (!isMiddlewareError(error, 'ERR_CONFIG_INVALID')) return error;
  const { path, detail } = error.fields;
  const problem = privateKeyIn(json) ?? problemAt(String(path ?? ''), String(detail ?? ''), json);
  return new MiddlewareError(error.code, error.message, { fields: { ...error.fields, ...problem }, cause: error });
}

interface EntryProblem {
  readonly field: string;
  readonly reason: string;
}

function problemAt(path: string, detail: string, json: unknown): EntryProblem {
  const unknownKey = /^Unrecognized keys?: "([^"]*)"/.exec(detail)?.[1];
  if (unknownKey !== undefined) return { field: join(path, unknownKey), reason: 'fieldUnknown' };
  if (path === '') return { field: '', reason: 'entryForm' };
  if (valueAt(json, path) === undefined && ofDetail[detail] === undefined)
    return { field: path, reason: 'fieldMissing' };
  return { field: path, reason: ofDetail[detail] ?? 'fieldForm' };
}

function privateKeyIn(json: unknown): EntryProblem | undefined {
  const keys = valueAt(json, 'jwks.keys');
  if (!Array.isArray(keys)) return undefined;
  for (const [index, key] of keys.entries()) {
    const member = privateMembers.find((name) => isObject(key) && Object.hasOwn(key, name));
    if (member !== undefined) return { field: `jwks.keys.${index}.${member}`, reason: 'keyPrivate' };
  }
  return undefined;
}

function valueAt(json: unknown, path: string): unknown {
  let value = json;
  for (const name of path.split('.')) value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return value;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);
