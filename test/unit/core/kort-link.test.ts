import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMiddlewareError } from '../../../src/core/errors.js';
import { parseKortLink } from '../../../src/core/kort-link.js';

const ref = 'AbCdEfGhIjKlMnOpQrSt_-';
const clientId = 'urn:example:clinic';

/** Why a link was refused; `undefined` for one that was taken. */
function refusal(text: string): unknown {
  try {
    parseKortLink(text);
    return undefined;
  } catch (error) {
    if (isMiddlewareError(error, 'ERR_OOB_LINK')) return error.fields['reason'];
    throw error;
  }
}

describe('parseKortLink()', () => {
  it.each([
    ['as the protocol writes it', `kort://start?client_id=urn:example:clinic&ref=${ref}`],
    ['as browsers write it', `kort://start/?client_id=urn:example:clinic&ref=${ref}`],
    ['as URLSearchParams writes it', `kort://start?client_id=urn%3Aexample%3Aclinic&ref=${ref}`],
    ['with hexadecimal digits in lower case', `kort://start?client_id=urn%3aexample%3aclinic&ref=${ref}`],
    ['with the parameters the other way round', `kort://start?ref=${ref}&client_id=urn:example:clinic`],
  ])('reads a link %s', (_how, link) => {
    expect(parseKortLink(link)).toEqual({ clientId, ref });
  });

  it('reads every client_id and ref that may be registered, as a browser hands the link on', () => {
    const visible = fc
      .array(fc.integer({ min: 0x21, max: 0x7e }), { minLength: 1, maxLength: 255 })
      .map((codes) => String.fromCharCode(...codes));
    const base64url = fc.stringMatching(/^[A-Za-z0-9_-]{22,128}$/);
    fc.assert(
      fc.property(visible, base64url, (id, name) => {
        const links = [
          `kort://start?${new URLSearchParams({ client_id: id, ref: name }).toString()}`,
          `kort://start?client_id=${encodeURIComponent(id)}&ref=${encodeURIComponent(name)}`,
        ];
        for (const link of [...links, ...links.map((written) => new URL(written).href)]) {
          expect(parseKortLink(link)).toEqual({ clientId: id, ref: name });
        }
      }),
    );
  });

  it.each([
    ['nothing', ''],
    ['an option', '--json'],
    ['an option of another program', '--gpu-launcher=calc.exe'],
    ['a file', '/etc/passwd'],
    ['another scheme', `https://start?client_id=${clientId}&ref=${ref}`],
    ['the scheme in capitals', `KORT://start?client_id=${clientId}&ref=${ref}`],
    ['a scheme that begins alike', `kort2://start?client_id=${clientId}&ref=${ref}`],
    ['no slashes', `kort:start?client_id=${clientId}&ref=${ref}`],
    ['another host', `kort://stop?client_id=${clientId}&ref=${ref}`],
    ['a host that begins alike', `kort://start.evil.example?client_id=${clientId}&ref=${ref}`],
    ['a user', `kort://evil@start?client_id=${clientId}&ref=${ref}`],
    ['a port', `kort://start:80?client_id=${clientId}&ref=${ref}`],
    ['a path', `kort://start/x?client_id=${clientId}&ref=${ref}`],
    ['a second slash', `kort://start//?client_id=${clientId}&ref=${ref}`],
    ['a dot', `kort://start/.?client_id=${clientId}&ref=${ref}`],
    ['a leading space', ` kort://start?client_id=${clientId}&ref=${ref}`],
    ['no ref', `kort://start?client_id=${clientId}`],
    ['no client_id', `kort://start?ref=${ref}`],
    ['no parameters', 'kort://start?'],
    ['a third parameter', `kort://start?client_id=${clientId}&ref=${ref}&url=https://evil.example`],
    ['an empty third one', `kort://start?client_id=${clientId}&ref=${ref}&`],
    ['client_id twice', `kort://start?client_id=${clientId}&client_id=${clientId}&ref=${ref}`],
    ['ref twice', `kort://start?client_id=${clientId}&ref=${ref}&ref=${ref}`],
    ['ref twice and no client_id', `kort://start?ref=${ref}&ref=${ref}`],
    ['an encoded name', `kort://start?client%5Fid=${clientId}&ref=${ref}`],
    ['a name in capitals', `kort://start?CLIENT_ID=${clientId}&ref=${ref}`],
    ['a name from the prototype', `kort://start?__proto__=${clientId}&ref=${ref}`],
    ['a link that goes on for ever', `kort://start?client_id=${'a'.repeat(2000)}&ref=${ref}`],
  ])('refuses %s', (_what, link) => {
    expect(refusal(link)).toBe('linkForm');
  });

  it.each([
    ['an empty one', ''],
    ['an encoded space', 'a%20b'],
    ['a plus sign for a space', 'a+b'],
    ['a line break', 'a%0Ab'],
    ['a zero byte', 'a%00'],
    ['an escape character', '%1b[2J'],
    ['UTF-8', '%C3%A5'],
    ['raw letters outside ASCII', 'å'],
    ['a cut percent sign', 'a%4'],
    ['a bare percent sign', '100%'],
    ['no hexadecimal digits', '%zz'],
    ['a raw quotation mark', 'a"b'],
    ['a raw shell', '$(id)'],
    ['a raw backtick', '`id`'],
    ['a backslash', 'a\\b'],
    ['256 characters', 'a'.repeat(256)],
  ])('refuses a client_id that has %s', (_what, id) => {
    expect(refusal(`kort://start?client_id=${id}&ref=${ref}`)).toBe('linkClientId');
  });

  it.each([
    ['21 characters', 'a'.repeat(21)],
    ['129 characters', 'a'.repeat(129)],
    ['an encoded character', `%41${ref}`],
    ['padding', `${ref}==`],
    ['base64 of the other kind', `${ref}+/`],
    ['a fragment', `${ref}#fragment`],
    ['a line break at its end', `${ref}\n`],
    ['an encoded line break', `${ref}%0A`],
    ['a semicolon', `${ref};a=b`],
    ['an option', `${ref} --json`],
  ])('refuses a ref that has %s', (_what, name) => {
    expect(refusal(`kort://start?client_id=${clientId}&ref=${name}`)).toBe('linkRef');
  });

  it('decodes once only', () => {
    expect(parseKortLink(`kort://start?client_id=a%2541&ref=${ref}`).clientId).toBe('a%41');
  });

  it('refuses or reads whatever it gets, and fails in no other way', () => {
    const around = fc.constantFrom('kort://start?', 'kort://start/?', 'client_id=', '&ref=', ref, '%', '#', '&', '=');
    const text = fc.array(fc.oneof(around, fc.string())).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (link) => {
        const reason = refusal(link);
        if (reason !== undefined) return;
        const read = parseKortLink(link);
        expect(read.ref).toMatch(/^[A-Za-z0-9_-]{22,128}$/);
        expect(read.clientId).toMatch(/^[\x21-\x7e]{1,255}$/);
      }),
    );
  });

  it('never tells what the link said', () => {
    try {
      parseKortLink('kort://start?client_id=secret&ref=\u001b[2Jsecret');
      expect.unreachable();
    } catch (error) {
      expect(JSON.stringify([(error as Error).message, (error as { fields?: unknown }).fields])).not.toMatch(/secret/);
    }
  });
});
