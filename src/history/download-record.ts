import { certificateOrderKinds, type CertificateOrder } from '../model/certificate-order.js';
import { downloadSteps, type DownloadRecord } from '../model/download.js';
import type { KeySpec } from '../model/key.js';
import { isTime } from './iso-time.js';

type Members = Readonly<Partial<Record<string, unknown>>>;
type Test = (value: unknown) => boolean;

/** Longer than anything that belongs into a record; a chain is four certificates of 16 KiB at most, in base64. */
const maxText = 4096;
const maxBase64 = 24_000;

const isText: Test = (value) => typeof value === 'string' && value.length > 0 && value.length <= maxText;
const isBase64: Test = (value) =>
  typeof value === 'string' && value.length > 0 && value.length <= maxBase64 && /^[A-Za-z0-9+/]+={0,2}$/.test(value);
const isOneOf =
  (values: readonly unknown[]): Test =>
  (value) =>
    values.includes(value);
const matches =
  (pattern: RegExp): Test =>
  (value) =>
    typeof value === 'string' && pattern.test(value);
const isListOf =
  (test: Test, least: number, most: number): Test =>
  (value) =>
    Array.isArray(value) && value.length >= least && value.length <= most && value.every(test);
const isOptional =
  (test: Test): Test =>
  (value) =>
    value === undefined || test(value);

const keySpecs: readonly KeySpec[] = ['rsa-2048', 'rsa-3072', 'rsa-4096', 'ec-p256', 'ec-p384'];
const fingerprint = matches(/^[0-9a-f]{64}$/);

const order: Readonly<Record<keyof CertificateOrder, Test>> = {
  id: matches(/^[A-Za-z0-9_-]{1,64}$/),
  kind: isOneOf(certificateOrderKinds),
  personId: isText,
  holder: isText,
  organization: isOptional(isText),
  issuer: isText,
  level: isOptional(isOneOf([2, 3])),
  keySpecs: isListOf(isOneOf(keySpecs), 1, keySpecs.length),
  notAfter: isTime,
  replaces: isOptional(fingerprint),
  cardNumber: isOptional(isText),
};

const record: Readonly<Record<keyof DownloadRecord, Test>> = {
  id: matches(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
  step: isOneOf(downloadSteps),
  startedAt: isTime,
  issuer: isText,
  token: isText,
  cardLabel: (value) => value === '' || isText(value),
  order: (value) => hasMembers(value, order),
  keySpec: isOneOf(keySpecs),
  keyId: matches(/^[0-9a-f]{32}$/),
  keepReplaced: (value) => typeof value === 'boolean',
  keyReference: isOptional(Number.isInteger),
  request: isOptional(isBase64),
  certificate: isOptional(isBase64),
  chain: isOptional(isListOf(isBase64, 0, 8)),
};

/** Whether a file holds a download that can be gone on with: every member has its form, and its step what it needs. */
export function isDownloadRecord(value: unknown): value is DownloadRecord {
  if (!hasMembers(value, record)) return false;
  const at = downloadSteps.indexOf((value as unknown as DownloadRecord).step);
  const { keyReference, request, certificate, chain } = value;
  const isRequested = keyReference !== undefined && request !== undefined;
  const isIssued = certificate !== undefined && chain !== undefined;
  return (at < 2 || isRequested) && (at < 3 || isIssued);
}

function hasMembers(value: unknown, members: Readonly<Record<string, Test>>): value is Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const given = value as Members;
  return (
    Object.keys(given).every((name) => Object.hasOwn(members, name)) &&
    Object.entries(members).every(([name, test]) => test(given[name]))
  );
}
