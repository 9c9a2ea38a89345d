import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseStartQuery } from '../../../../src/daemon/loopback/start-query.js';

const ref = 'r'.repeat(22);

it('parseStartQuery() reads what URLSearchParams writes, for every client_id and ref that there can be', () => {
  const visible = fc.string({
    unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
    minLength: 1,
    maxLength: 255,
  });
  const base64url = fc.stringMatching(/^[A-Za-z0-9_-]{22,128}$/);
  fc.assert(
    fc.property(visible, base64url, fc.boolean(), (clientId, reference, swapped) => {
      // It leaves the asterisk, which a link may not have as it is.
      const pairs = [
        `client_id=${new URLSearchParams({ x: clientId }).toString().slice(2).replaceAll('*', '%2A')}`,
        `ref=${reference}`,
      ];
      const query = (swapped ? pairs.reverse() : pairs).join('&');
      expect(parseStartQuery(query)).toEqual({ client_id: clientId, ref: reference });
    }),
  );
});

it('parseStartQuery() takes no other text, and never throws', () => {
  fc.assert(fc.property(fc.string(), (text) => parseStartQuery(text) === undefined));
  fc.assert(fc.property(fc.string(), (text) => parseStartQuery(`client_id=a&ref=${ref}&${text}`) === undefined));
});
