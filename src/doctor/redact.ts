/** What is put in place of what was taken out. */
export const redacted = '#';

/** What is known to be about this person, card or machine, and is taken out wherever it stands. */
export interface KnownFacts {
  /** Names, numbers, paths. Those under 3 characters are not looked for. */
  readonly values: readonly string[];
}

const pem = /-----BEGIN[^-]*-----[\s\S]*?(?:-----END[^-]*-----|$)/g;
const jwt = /\beyJ[\w-]{4,}(?:\.[\w-]*){0,4}/g;
const email = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}.-]+/gu;
const link = /\bkort:[^\s"'<>]*[^\s"'<>.,;:)]/gi;
/** Of an address, only what kind it is and whose. */
const webAddress = /\b(https?|wss?|ldaps?|ftp):\/\/(?:[^\s/@"'<>]*@)?([^\s/?#"'<>:]+|\[[^\]]*\])(:\d+)?([^\s"'<>]*)/gi;
/** RFC 4514 and OpenSSL's spellings of a name. */
const nameAttribute =
  /\b(?:CN|SN|GN|G|O|OU|L|ST|UID|givenName|surname|serialNumber|commonName|title|emailAddress|organizationName|2\.5\.4\.\d+)\s?[=:]\s?(?:"[^"]*"|(?:\\.|[^,;/+\n"\\])+)/g;
const hsaId = /\b[A-Z]{2,8}[\s-]?\d{10}[\s-]?[0-9A-Z]{1,16}\b/gi;
/** A code beside a word for one, whatever stands between. */
const code =
  /\b(p(?:in|uk)-?kod(?:en)?|pin[12]?|puk[12]?|kod(?:en)?|code|passcode|passwords?|passwd|pwd|lösen(?:ord)?|secret|cvv|token|nonce|ticket|ref|phrase|fras)(["'\]}]*\s*(?:is|är|was|var|[:=>-]+)?\s*["'([{]*)([^\s"'()[\]{},;]*\d[^\s"'()[\]{},;]*)/giu;
/** Single digits with something between each. */
const spelledDigits = /\d(?:[\s._\-+/,:|·–—−]{1,3}\d){9,}/gu;
const personalNumber =
  /(?<![\d])(?:\d{2}[\s.\-/]?)?\d{2}[\s.\-/]?\d{2}[\s.\-/]?\d{2}[\s\-+.–—−_/]?\d{2}\s?\d{2}(?!\d)/gu;
/** A moment is no number of anybody. */
const isoTime = /\b\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?Z?)?(?![\d-])/g;
const digitRun = /\d{7,}/g;
const hexRun = /\b(?:[0-9a-f]{2}[:\s-]?){8,}\b/gi;
const uuid = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi;
const ipv4 = /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.]*\d)/g;
const ipv6 = /(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?:%\w+)?(?![\w:])/gi;
const blob = /[A-Za-z0-9+/_-]{8,}={0,2}/g;
const loopback: ReadonlySet<string> = new Set(['127.0.0.1', '0.0.0.0', '::1', '::']);
/** Whatever is no text of anybody's: zero-width marks, and the zeros of UTF-16 read as single bytes. */
const invisible = /[\u0000\u00ad\u200b-\u200f\u2060-\u2064\ufeff]/g;

/**
 * Takes out of a text what could tell a person, a card, a code or a place: the last net, behind reports that are put
 * together from what may stand in them. Also of what is percent-encoded, escaped as in JSON, in hexadecimal or in base64.
 * It rather takes too much.
 */
export function redactText(text: string, known: KnownFacts = { values: [] }): string {
  const plain = withoutEscapes(text.normalize('NFC').replaceAll(invisible, ''));
  return redactPlain(plain, matcherOf(known.values));
}

function redactPlain(text: string, knownValues: RegExp | undefined, depth = 0): string {
  const times: string[] = [];
  let left = text.replaceAll(pem, redacted).replaceAll(jwt, redacted);
  if (knownValues !== undefined) left = left.replaceAll(knownValues, redacted);
  left = left
    .replaceAll(
      webAddress,
      (_all, scheme: string, host: string, port = '', rest = '') =>
        `${scheme}://${host}${String(port)}${rest === '' || rest === '/' ? String(rest) : `/${redacted}`}`,
    )
    .replaceAll(link, `kort:${redacted}`)
    .replaceAll(email, redacted)
    .replaceAll(nameAttribute, redacted)
    .replaceAll(hsaId, redacted)
    .replaceAll(uuid, redacted);
  // Kept apart, since a time is digits too.
  left = left.replaceAll(isoTime, (time) => `\u0001${times.push(time) - 1}\u0002`);
  left = left
    .replaceAll(code, (all: string, word: string, between: string, value: string) =>
      // Right behind the word a name may go on, such as that of a file.
      between === '' && !/^\d{3}/.test(value) ? all : `${word}${between}${redacted}`,
    )
    .replaceAll(spelledDigits, redacted)
    .replaceAll(personalNumber, redacted)
    .replaceAll(digitRun, redacted)
    .replaceAll(hexRun, redacted)
    .replaceAll(ipv4, keepLoopback)
    .replaceAll(ipv6, (address) => (/[0-9a-f]/i.test(address) && address.length > 3 ? keepLoopback(address) : address));
  if (depth < 2) left = left.replaceAll(blob, (run) => (isTelling(run, knownValues, depth) ? redacted : run));
  return left.replaceAll(/\u0001(\d+)\u0002/g, (_all, index: string) => times[Number(index)] ?? redacted);
}

const keepLoopback = (address: string): string => (loopback.has(address) ? address : redacted);

/** A long run that is no word of a language, or whose meaning would be taken out. */
function isTelling(run: string, knownValues: RegExp | undefined, depth: number): boolean {
  const isWord = /^(?:[A-Z]?[a-z]+|[A-Z]+)(?:[_/+-](?:[A-Z]?[a-z]+|[A-Z]+)|[A-Z][a-z]+)*\d{0,2}[_/+-]?$/.test(run);
  if (run.length >= 24 && !isWord) return true;
  return meaningsOf(run).some((inside) => redactPlain(inside, knownValues, depth + 1) !== inside);
}

/**
 * What a run of base64 or base64url may mean, wherever in it that begins: as UTF-8, and as the letters and digits that
 * stand in it, those of UTF-16 too.
 */
function meaningsOf(run: string): readonly string[] {
  return [0, 1, 2, 3].flatMap((skipped) => {
    const bytes = Buffer.from(run.slice(skipped), 'base64');
    const utf8 = bytes.toString('utf8');
    const stretches =
      bytes
        .toString('latin1')
        .replaceAll('\0', '')
        .match(/[\x20-\x7e]{6,}/g) ?? [];
    return /[\p{Cc}\ufffd]/u.test(utf8) ? stretches : [utf8, ...stretches];
  });
}

/** Percent-encoding, the escapes of JSON and JavaScript, and of HTML, as often as one stands within another. */
function withoutEscapes(text: string): string {
  let left = text;
  for (let turn = 0; turn < 3; turn += 1) {
    const next = left
      .replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) => decodePercent(run))
      .replaceAll(/\\+u\{?([0-9a-f]{4,6})\}?/gi, (_all, digits: string) => fromCode(Number.parseInt(digits, 16)))
      .replaceAll(/\\+x([0-9a-f]{2})/gi, (_all, digits: string) => fromCode(Number.parseInt(digits, 16)))
      .replaceAll(/&#x([0-9a-f]{1,6});/gi, (_all, digits: string) => fromCode(Number.parseInt(digits, 16)))
      .replaceAll(/&#(\d{1,7});/g, (_all, digits: string) => fromCode(Number(digits)))
      .replaceAll(invisible, '');
    if (next === left) break;
    left = next;
  }
  return left;
}

function decodePercent(run: string): string {
  const bytes = Buffer.from(run.replaceAll('%', ''), 'hex');
  return bytes.toString('utf8');
}

/** Nothing that could end a line or a string of the report comes back this way. */
const fromCode = (point: number): string =>
  point >= 0x20 && point <= 0x10ffff && point !== 0x22 && point !== 0x5c ? String.fromCodePoint(point) : '';

/** Longer values first, so that no rest of one stays behind; spaces may be written in any way, letters in any case. */
function matcherOf(values: readonly string[]): RegExp | undefined {
  const parts = [...new Set(values.map((value) => value.normalize('NFC').trim()))]
    .filter((value) => value.length >= 3)
    .sort((a, b) => b.length - a.length)
    .map((value) => value.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(/\s+/g, '[\\s._%+-]{1,3}'));
  return parts.length === 0 ? undefined : new RegExp(parts.join('|'), 'giu');
}
