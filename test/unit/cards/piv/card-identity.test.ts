import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSerial, serialOfChuid } from '../../../../src/cards/piv/card-identity.js';
import { encodeTlv } from '../../../../src/core/ber-tlv.js';
import { concatBytes, fromHex, toHex } from '../../../../src/core/bytes.js';
import { getData, pivAtr, scripted, yubiKeyAtr, type Pair } from './scripted-exchange.js';

const guid = '00112233445566778899aabbccddeeff';
const nobody = 'd4e739da739ced39ce739d836858210842108421c84210c3eb';
const fascN = 'd0325c16a2d1084e739ced39ce739d83685821084210842108';
const chuid = (fasc: string, id: string, more = ''): string =>
  toHex(encodeTlv(0x53, fromHex(`3019${fasc}3410${id}350832303330313233313e00fe00${more}`)));

describe('serialOfChuid()', () => {
  it.each([
    ['the GUID', chuid(nobody, guid), guid],
    [
      'the GUID of a long one, of which only the beginning is there',
      `53820bb83019${nobody}3410${guid}3e820b00ab`,
      guid,
    ],
    [
      'the GUID behind a buffer length and organizations',
      `5341ee0200003019${nobody}3204aabbccdd3410${guid}3e00fe00`,
      guid,
    ],
    ['the FASC-N where the GUID is void', chuid(fascN, '00'.repeat(16)), fascN],
    ['nothing where the FASC-N is everybody’s', chuid(nobody, '00'.repeat(16)), undefined],
    ['nothing where both are void', chuid('00'.repeat(25), '00'.repeat(16)), undefined],
    ['nothing of an empty one', '5300', undefined],
    ['nothing of another object', '7e00', undefined],
    ['nothing of a malformed one', '530b34ff00112233445566778899', undefined],
  ])('is %s', (_, head, serial) => {
    expect(serialOfChuid(fromHex(head))).toBe(serial);
  });

  it('takes any bytes', () => {
    const headed = fc
      .tuple(fc.constantFrom('', '53', '5340', '5382', '538201', '53820100'), fc.uint8Array({ maxLength: 256 }))
      .map(([head, rest]) => concatBytes(fromHex(head), rest));
    fc.assert(fc.property(headed, (head) => serialOfChuid(head) !== ''));
  });
});

describe('readSerial()', () => {
  const piv = { atr: fromHex(pivAtr), isYubiKey: false };
  const yubiKey = { atr: fromHex(yubiKeyAtr), isYubiKey: true };
  const noChuid: Pair = [getData('5fc102'), '6a82'];
  const identifier = 'a000000116ff0200112233445566778899aabbccdd';
  const capabilities = toHex(encodeTlv(0x53, fromHex(`f015${identifier}f10121f20121fe00`)));

  it('asks for the beginning of the CHUID alone', async () => {
    const { card, exchange } = scripted([[getData('5fc102'), `53820bb83019${nobody}3410${guid}6100`]]);
    expect(await readSerial(exchange, piv)).toBe(guid);
    card.assertUsedUp();
  });

  it('with T=0 fetches it', async () => {
    const pairs: Pair[] = [
      ['00cb3fff055c035fc102', '613d'],
      ['00c000003d', `${chuid(nobody, guid)}9000`],
    ];
    const { card, exchange } = scripted(pairs, 'T=0');
    expect(await readSerial(exchange, piv)).toBe(guid);
    card.assertUsedUp();
  });

  it('of a YubiKey without a CHUID is its serial number', async () => {
    const { card, exchange } = scripted([noChuid, ['00f8000000', '001234569000']]);
    expect(await readSerial(exchange, yubiKey)).toBe('1193046');
    card.assertUsedUp();
  });

  it('of another card without a CHUID is its card identifier', async () => {
    const { card, exchange } = scripted([noChuid, [getData('5fc107'), `${capabilities}9000`]]);
    expect(await readSerial(exchange, piv)).toBe(identifier);
    card.assertUsedUp();
  });

  it.each([
    ['refuses', '6d00'],
    ['answers too little', '00129000'],
  ])('of a YubiKey that %s is the same each time, and another with another ATR', async (_, answer) => {
    const read = (atr: string) =>
      readSerial(scripted([noChuid, ['00f8000000', answer]]).exchange, { atr: fromHex(atr), isYubiKey: true });
    const serial = await read(yubiKeyAtr);
    expect(serial).toMatch(/^[0-9a-f]{32}$/);
    expect(await read(yubiKeyAtr)).toBe(serial);
    expect(await read(pivAtr)).not.toBe(serial);
  });

  it.each(['6d00', '6e00'])('is unknown of a card that answers %s: it speaks no PIV', async (answer) => {
    const { card, exchange } = scripted([[getData('5fc102'), answer]]);
    expect(await readSerial(exchange, piv)).toBeUndefined();
    card.assertUsedUp();
  });

  it.each(['6f00', '6982', '6985'])('fails by %s', async (answer) => {
    const { exchange } = scripted([[getData('5fc102'), answer]]);
    await expect(readSerial(exchange, piv)).rejects.toMatchObject({ fields: { statusWord: answer } });
  });
});
