import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createApduExchange, type ApduExchange } from '../../../../src/cards/apdu-exchange.js';
import { createPkcs15Family } from '../../../../src/cards/pkcs15/pkcs15-family.js';
import { fromHex, toHex } from '../../../../src/core/bytes.js';
import { isMiddlewareError } from '../../../../src/core/errors.js';
import { systemClock } from '../../../../src/core/ports.js';

const odf = 'a80a300804063f0050154401a00a300804063f0050154402a40a300804063f0050154404';
const tokenInfo = '301a02010004020102a511180f32303236313132323030313534385a';
const pin = '302f300e0c08557365722050494e030206c030030401ffa11830160302028c0a0101020104020110020110800101040100';
const key = '3031300f0c067369676b6579030206c00401ff300e04014503020520030203b8020100a10e300c300604043f00501502020800';
const certificate = '3021300c0c066d7963657274030206403003040145a10c300a300804063f0050153400';

const files: Readonly<Record<string, string>> = {
  '50155031': `${odf}${'00'.repeat(64)}`,
  '50155032': tokenInfo,
  '50154401': `${pin}0000`,
  '50154402': `${key}0000`,
  '50154404': `${certificate}0000`,
  '50153400': '3003020101',
};

/** A card with files and nothing else; every READ BINARY gives what there is. */
function exchangeOver(contents: Readonly<Record<string, string>>): ApduExchange {
  let current = new Uint8Array();
  const answer = (command: string): string => {
    if (command.startsWith('00a4040')) return command.includes('f276a288') ? '0006069000' : '6a82';
    if (command.startsWith('00a40800')) {
      const length = Number.parseInt(command.slice(8, 10), 16);
      const found = contents[command.slice(10, 10 + 2 * length)];
      if (found === undefined) return '6a82';
      current = fromHex(found) as Uint8Array<ArrayBuffer>;
      return `6f048002${(found.length / 2).toString(16).padStart(4, '0')}9000`;
    }
    if (!command.startsWith('00b0')) return '6d00';
    const offset = Number.parseInt(command.slice(4, 8), 16);
    if (offset > current.length) return '6b00';
    return `${toHex(current.subarray(offset, offset + (Number.parseInt(command.slice(8), 16) || 256)))}9000`;
  };
  const transmit = (command: Uint8Array): Promise<Uint8Array> => Promise.resolve(fromHex(answer(toHex(command))));
  return createApduExchange({ protocol: 'T=1', transmit, control: transmit as never }, { clock: systemClock });
}

async function readAll(contents: Readonly<Record<string, string>>) {
  const exchange = exchangeOver(contents);
  const application = await createPkcs15Family().recognize(exchange, new Uint8Array());
  return application === undefined ? undefined : await application.readContents(exchange);
}

/** The outcome of reading a card: contents, or an error that has a code. */
async function outcome(contents: Readonly<Record<string, string>>) {
  try {
    return await readAll(contents);
  } catch (error) {
    if (isMiddlewareError(error)) return error.code;
    throw error;
  }
}

describe('createPkcs15Family() at a card with odd contents', () => {
  it('reads the plain card', async () => {
    expect(await readAll(files)).toMatchObject({
      certificates: [{ name: '3F0050153400', key: { reference: 0, pin: 1, canSign: true, canDecipher: false } }],
      unreadable: [],
      pins: [{ reference: 1, format: { minLength: 4, maxLength: 16 }, block: { length: 16, pad: 0 } }],
    });
  });

  it('a broken entry does not hide the others', async () => {
    const broken = '300730020c00020102';
    const read = await readAll({
      ...files,
      '50154401': `${broken}${pin}`,
      '50154402': `3003020101${key}`,
      '50154404': `30020500${certificate}`,
    });
    expect(read?.certificates).toMatchObject([{ key: { reference: 0 } }]);
    expect(read?.pins).toHaveLength(1);
    expect(read?.unreadable.map(({ name }) => name)).toContain('3F0050154404 entry 1');
  });

  it('one file that is named again and again is not read and kept as often', async () => {
    const read = await readAll({ ...files, '50154404': `${certificate.repeat(200)}0000` });
    expect(read?.certificates).toHaveLength(64);
  });

  it('a directory or certificate that is missing or torn leaves the rest', async () => {
    const { '50154401': _aodf, ...withoutPins } = files;
    expect((await readAll(withoutPins))?.certificates).toMatchObject([{ key: undefined }]);
    const torn = await readAll({ ...files, '50153400': '308203e802' });
    expect(torn).toMatchObject({ certificates: [], unreadable: [{ name: '3F0050153400' }] });
    const empty = await readAll({ ...files, '50153400': '' });
    expect(empty).toMatchObject({ certificates: [], unreadable: [{ name: '3F0050153400' }] });
  });

  it('a PIN that is a security officer’s, unblocks others, is packed or unknown to the applet is not asked for', async () => {
    for (const [from, to] of [
      ['0302028c', '03020281'],
      ['0302028c', '03020282'],
      ['0a0101', '0a0100'],
      ['800101', '800102'],
    ] as const) {
      const read = await readAll({ ...files, '50154401': pin.replace(from, to) });
      expect(read).toMatchObject({ pins: [], certificates: [{ key: undefined }] });
    }
  });

  it('the block of a PIN is the applet’s, whatever the directory says', async () => {
    const read = await readAll({ ...files, '50154401': pin.replace('020110020110', '020108020140') });
    expect(read?.pins).toMatchObject([{ block: { length: 16, pad: 0 }, format: { minLength: 4, maxLength: 16 } }]);
  });

  it('two cards without a serial number are told apart', async () => {
    const serial = async (info: string): Promise<string | undefined> => {
      const exchange = exchangeOver({ ...files, '50155032': info });
      return (await createPkcs15Family().recognize(exchange, new Uint8Array()))?.serial;
    };
    const first = tokenInfo.replace('04020102', '04020000');
    expect(await serial(tokenInfo)).toBe('0102');
    expect(await serial(first)).not.toBe(await serial(first.replace('3438', '3439')));
  });

  it('whatever the files hold, it ends with contents or an error with a code, in a bounded number of commands', async () => {
    const names = Object.keys(files);
    const mutation = fc.record({
      file: fc.constantFrom(...names),
      at: fc.nat(),
      bytes: fc.uint8Array({ maxLength: 6 }),
      cut: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), async (mutations) => {
        const contents: Record<string, string> = { ...files };
        for (const { file, at, bytes, cut } of mutations) {
          const whole = Buffer.from(contents[file]!, 'hex');
          const start = whole.length === 0 ? 0 : at % whole.length;
          const rest = cut ? Buffer.alloc(0) : whole.subarray(start + bytes.length);
          contents[file] = Buffer.concat([whole.subarray(0, start), bytes, rest]).toString('hex');
        }
        const read = await outcome(contents);
        expect(typeof read === 'object' || read?.startsWith('ERR_CARD_')).toBe(true);
      }),
      { numRuns: 1500 },
    );
  });

  it('random files are no different', async () => {
    const contents = fc.record(
      Object.fromEntries(Object.keys(files).map((name) => [name, fc.uint8Array({ maxLength: 400 }).map(toHex)])),
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(contents, async (random) => {
        const read = await outcome({ ...files, ...(random as Record<string, string>) });
        expect(typeof read === 'object' || read?.startsWith('ERR_CARD_')).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
