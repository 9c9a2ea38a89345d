import { encodeTlv, findTlv } from '../../core/ber-tlv.js';
import { concatBytes, equalBytes, fromHex } from '../../core/bytes.js';
import type { KeySpec } from '../../model/key.js';
import type { ApduExchange } from '../apdu-exchange.js';
import type { CardWriter } from '../card-application.js';
import { ecPublicKey, publicKeySpec, rsaPublicKey } from '../public-key.js';
import type { CommandSet } from './command-set.js';
import { succeed } from './file-access.js';
import { APPLICATION_DF, fileInApplication } from './file-path.js';
import { cardRefused, freeFid, removeFile } from './file-writing.js';
import type { MyEidAbilities } from './myeid-info.js';
import { createPkcs15Writer } from './pkcs15-writer.js';
import { keyBits, type KeyPlace, type WriterCommands } from './writer-commands.js';

/** The PINs that the access rules of myeid.profile name. */
const USER_PIN = 1;
const SECURITY_OFFICER_PIN = 3;
/** Access rules, tag 86: nibbles read or crypto, update, delete, generate; 0 always, n after PIN n, F never. */
const accessRules = {
  directory: Uint8Array.of(USER_PIN, (SECURITY_OFFICER_PIN << 4) | 0x0f, 0xff),
  object: Uint8Array.of(USER_PIN, (USER_PIN << 4) | 0x0f, 0xff),
  key: Uint8Array.of((USER_PIN << 4) | USER_PIN, (USER_PIN << 4) | USER_PIN, 0xff),
} as const;
/** Tag 82: transparent file, RSA key, EC key. */
const fileTypes = { data: 0x01, rsa: 0x11, ec: 0x22 } as const;
const KEY_FIDS = { first: 0x4b01, count: 0xfe } as const;

/** Public exponent 65537, in the form that GENERATE wants it. */
const EXPONENT = fromHex('010001');

/**
 * Writes with MyEID's commands into the tree of OpenSC's myeid.profile. The card counts changes itself, and lets only
 * its security officer touch EF.TokenInfo.
 */
export function createMyEidWriter(abilities: MyEidAbilities, keyReference: CommandSet['keyReference']): CardWriter {
  const commands: WriterCommands = {
    pin: USER_PIN,
    keySpecs: keySpecsOf(abilities),
    keyReference,
    layout: {
      fids: { privateKeys: [0x4402, 0x4412], publicKeys: [0x4404, 0x4414], certificates: [0x4403, 0x4413] },
      size: 1530,
    },
    publicKeyFids: { first: 0x5501, count: 0xfe },
    certificateFids: { first: 0x4301, count: 0xfe },
    async createFile(exchange, { fid, size, kind }) {
      await createFile(exchange, {
        fid,
        size: encodeTlv(0x80, word(size)),
        type: fileTypes.data,
        rules: accessRules[kind],
      });
    },
    deleteFile: (exchange) => deleteSelected(exchange),
    // As many as there is memory for, which the card does not tell.
    freePlaces: () => undefined,
    async choosePlace(exchange, taken) {
      const reserved = taken.map((key) => commands.placeOfPublicKey(key) ?? 0);
      const fid = await freeFid(exchange, KEY_FIDS, reserved);
      return { reference: fid, keyReference: fid & 0xff, keyPath: fileInApplication(fid).path };
    },
    placeOfPublicKey({ reference }) {
      const isPlace = reference !== undefined && reference >= 1 && reference <= KEY_FIDS.count;
      return isPlace ? KEY_FIDS.first - 1 + reference : undefined;
    },
    makeKey,
    findOrphan,
    deleteKey: (exchange, reference) => removeFile(exchange, { deleteFile: deleteSelected }, reference),
    announceChange: () => Promise.resolve(),
  };

  return createPkcs15Writer(commands);

  /** Its file first; when the key cannot be made, the file goes again. */
  async function makeKey(exchange: ApduExchange, { reference: fid }: KeyPlace, spec: KeySpec): Promise<Uint8Array> {
    const type = spec.startsWith('rsa') ? fileTypes.rsa : fileTypes.ec;
    await createFile(exchange, { fid, size: encodeTlv(0x81, word(keyBits[spec])), type, rules: accessRules.key });
    try {
      return await generate(exchange, fid, spec);
    } catch (error) {
      if (cardRefused(error)) await removeFile(exchange, commands, fid);
      throw error;
    }
  }
}

function keySpecsOf({ maxRsaBits, maxEcBits }: MyEidAbilities): KeySpec[] {
  const specs = Object.keys(keyBits) as KeySpec[];
  return specs.filter((spec) => keyBits[spec] <= (spec.startsWith('rsa') ? maxRsaBits : maxEcBits));
}

const word = (value: number): Uint8Array => Uint8Array.of(value >> 8, value & 0xff);

async function deleteSelected(exchange: ApduExchange): Promise<void> {
  await succeed(exchange, 'DELETE FILE', { cla: 0xa0, ins: 0xe4, p1: 0x00, p2: 0x00 });
}

/** CREATE FILE in DF(PKCS-15): size, type, identifier, access rules, no proprietary data, life cycle of creation. */
async function createFile(
  exchange: ApduExchange,
  file: { readonly fid: number; readonly size: Uint8Array; readonly type: number; readonly rules: Uint8Array },
): Promise<void> {
  const directory = word(APPLICATION_DF);
  await succeed(exchange, 'SELECT', { cla: 0x00, ins: 0xa4, p1: 0x08, p2: 0x0c, data: directory });
  const parameters = concatBytes(
    file.size,
    encodeTlv(0x82, Uint8Array.of(file.type)),
    encodeTlv(0x83, word(file.fid)),
    encodeTlv(0x86, file.rules),
    encodeTlv(0x85, word(0)),
    encodeTlv(0x8a, Uint8Array.of(0)),
  );
  const data = encodeTlv(0x62, parameters);
  await succeed(exchange, 'CREATE FILE', { cla: 0x00, ins: 0xe0, p1: 0x00, p2: 0x00, data });
}

/** GENERATE in the key's file, then GET DATA for the public half. */
async function generate(exchange: ApduExchange, fid: number, spec: KeySpec): Promise<Uint8Array> {
  await selectKey(exchange, fid);
  const exponent = encodeTlv(0x30, encodeTlv(0x81, EXPONENT));
  await succeed(exchange, 'GENERATE ASYMMETRIC KEY PAIR', {
    ...{ cla: 0x00, ins: 0x46, p1: 0x00, p2: 0x00 },
    ...(isEc(spec) ? {} : { data: exponent }),
  });
  return await readPublicKey(exchange, fid, spec);
}

async function selectKey(exchange: ApduExchange, fid: number): Promise<void> {
  const { path } = fileInApplication(fid);
  await succeed(exchange, 'SELECT', { cla: 0x00, ins: 0xa4, p1: 0x08, p2: 0x0c, data: path });
}

async function readPublicKey(exchange: ApduExchange, fid: number, spec: KeySpec): Promise<Uint8Array> {
  await selectKey(exchange, fid);
  const command = { cla: 0x00, ins: 0xca, p1: 0x01, p2: isEc(spec) ? 0x86 : 0x01, le: 256 };
  const answer = await succeed(exchange, 'GET DATA', command);
  return isEc(spec) ? ecPublicKey(spec, findTlv(answer, 0x86) ?? new Uint8Array()) : rsaPublicKey(answer, EXPONENT);
}

const isEc = (spec: KeySpec): spec is 'ec-p256' | 'ec-p384' => spec === 'ec-p256' || spec === 'ec-p384';

/** Among the key files that no directory has, up to the first after those that one has. */
async function findOrphan(
  exchange: ApduExchange,
  named: readonly number[],
  publicKey: Uint8Array,
): Promise<number | undefined> {
  const spec = publicKeySpec(publicKey);
  const last = Math.max(KEY_FIDS.first - 1, ...named) + 1;
  for (let fid = KEY_FIDS.first; spec !== undefined && fid <= last; fid += 1) {
    if (named.includes(fid)) continue;
    try {
      if (equalBytes(await readPublicKey(exchange, fid, spec), publicKey)) return fid;
    } catch (error) {
      // No such file, or a key of another kind.
      if (!cardRefused(error)) throw error;
    }
  }
  return undefined;
}
