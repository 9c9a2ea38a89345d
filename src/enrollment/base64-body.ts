/** RFC 2045 §6.8: what every reader of RFC 7030 messages takes, with these breaks or without. */
const lineLength = 76;

/** DER as a body of RFC 7030 (RFC 8951 §3.1): base64 in lines. */
export function writeBase64(der: Uint8Array): string {
  const text = Buffer.from(der).toString('base64');
  return `${text.match(new RegExp(`.{1,${lineLength}}`, 'g'))?.join('\r\n') ?? ''}\r\n`;
}

/**
 * The bytes of such a body, with line breaks anywhere or nowhere; undefined for anything else. What a
 * Content-Transfer-Encoding header says means nothing (RFC 8951 §3.1).
 */
export function readBase64(body: Uint8Array): Uint8Array | undefined {
  const text = Buffer.from(body)
    .toString('latin1')
    .replace(/[\r\n\t ]/g, '');
  const bytes = Buffer.from(text, 'base64');
  // Node passes over what is no base64: written again, it must be the same.
  return text !== '' && bytes.toString('base64') === text ? bytes : undefined;
}
