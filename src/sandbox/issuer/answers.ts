/** What the issuer answers. */
export interface IssuerAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** How it goes out, where that is not at once and whole. */
  readonly delivery?: 'late' | 'half' | 'not-at-all';
}

/** A refusal: the status, and a sentence that people can read. */
export class Refusal extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** A refusal in JSON, with a name for programs (as RFC 6749 §5.2 has it). */
export class NamedRefusal extends Refusal {
  readonly error: string;

  constructor(status: number, error: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(status, message, headers);
    this.error = error;
  }
}

export function jsonAnswer(value: unknown, status = 200): IssuerAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

/** RFC 7030 §4: text for people. */
export function refusalAnswer(refusal: Refusal): IssuerAnswer {
  if (refusal instanceof NamedRefusal) {
    const answer = jsonAnswer({ error: refusal.error, error_description: refusal.message }, refusal.status);
    return { ...answer, headers: { ...answer.headers, ...refusal.headers } };
  }
  const { status, message, headers } = refusal;
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body: `${message}\n` };
}

/** Base64 in one line, which RFC 8951 §3.1 allows: strongSwan 5.9 reads no line breaks. */
export function base64Answer(contentType: string, der: Uint8Array): IssuerAnswer {
  // Nobody needs the encoding's name any more (RFC 8951 §3.1), but older clients look for it.
  const headers = { 'content-type': contentType, 'content-transfer-encoding': 'base64' };
  return { status: 200, headers, body: Buffer.from(der).toString('base64') };
}

/** RFC 8951 §3.1: base64 with line breaks anywhere, or with none; undefined for anything else. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const compact = text.replaceAll(/[\r\n\t ]/g, '');
  const bytes = Buffer.from(compact, 'base64');
  return compact !== '' && bytes.toString('base64') === compact ? new Uint8Array(bytes) : undefined;
}
