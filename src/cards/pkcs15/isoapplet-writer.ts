import { encodeTlv, findTlv } from '../../core/ber-tlv.js';
import { concatBytes, fromHex } from '../../core/bytes.js';
import type { Clock } from '../../core/ports.js';
import type { KeySpec } from '../../model/key.js';
import { MiddlewareError } from '../../core/errors.js';
import type { ApduExchange } from '../apdu-exchange.js';
import type { CardWriter } from '../card-application.js';
import { ecPublicKey, rsaPublicKey } from '../public-key.js';
import type { CommandSet } from './command-set.js';
import { curveDomains } from './curve-domain.js';
import { succeed } from './file-access.js';
import { APPLICATION_DF, fileInApplication, TOKEN_INFO_FID } from './file-path.js';
import { writeInto, type NewFile } from './file-writing.js';
import { askApi, type AppletAbilities } from './isoapplet-applet.js';
import { createPkcs15Writer } from './pkcs15-writer.js';
import type { TokenDescriptionReader } from './token-description.js';
import { nextLastUpdate } from './token-info.js';
import type { KeyEntry } from './key-entries.js';
import type { WriterCommands } from './writer-commands.js';

/** What {@link createIsoAppletWriter} needs. */
export interface IsoAppletWriterOptions {
  readonly abilities: AppletAbilities;
  readonly pin: number;
  /** How many keys the applet can hold. */
  readonly keys: number;
  readonly keyReference: CommandSet['keyReference'];
  readonly tokenInfo: TokenDescriptionReader;
  readonly clock: Clock;
}

/**
 * Access rules, tag 86: FF, then delete, terminate, activate, deactivate, update, read-like bytes; 00 always, 90 after
 * the PIN, FF never. As isoApplet.profile has them for directory files and for keys and certificates.
 */
const accessRules = { directory: fromHex('ff90909090909000'), object: fromHex('ff90ffffffff9000') } as const;
/** Tag 80 of MANAGE SECURITY ENVIRONMENT for key generation. */
const generation: Readonly<Partial<Record<KeySpec, number>>> = {
  'rsa-2048': 0xf3,
  'rsa-4096': 0xf5,
  'ec-p256': 0xec,
  'ec-p384': 0xec,
};
const PUBLIC_KEY = 0x7f49;

/** Writes with IsoApplet's commands into the tree of OpenSC's isoApplet.profile. */
export function createIsoAppletWriter({ abilities, tokenInfo, clock, ...own }: IsoAppletWriterOptions): CardWriter {
  const commands: WriterCommands = {
    pin: own.pin,
    keySpecs: keySpecsOf(abilities),
    keyReference: own.keyReference,
    layout: {
      fids: { privateKeys: [0x4402, 0x4412], publicKeys: [0x4403, 0x4413], certificates: [0x4404, 0x4414] },
      size: 512,
    },
    publicKeyFids: { first: 0x3300, count: 256 },
    certificateFids: { first: 0x3400, count: 256 },
    createFile,
    async deleteFile(exchange, fid) {
      const data = Uint8Array.of(fid >> 8, fid & 0xff);
      await succeed(exchange, 'DELETE FILE', { cla: 0x00, ins: 0xe4, p1: 0x00, p2: 0x00, data });
    },
    freePlaces: (taken) => own.keys - numbersOf(taken).size,
    choosePlace(_, taken) {
      const used = numbersOf(taken);
      const number = Array.from({ length: own.keys }, (_value, index) => index).find((index) => !used.has(index));
      if (number !== undefined) return Promise.resolve({ reference: number, keyReference: number, keyPath });
      return Promise.reject(new MiddlewareError('ERR_CARD_NO_CONTAINER', 'No place for a key is free'));
    },
    placeOfPublicKey: own.keyReference,
    makeKey: (exchange, { reference }, spec) => makeKey(exchange, reference, spec),
    // The applet has no command for it; the next key takes the place.
    deleteKey: () => Promise.resolve(),
    /** Before the change: a card that is pulled in between has the news announced and not the other way round. */
    async announceChange(exchange) {
      const { lastUpdate, lastUpdateAt } = await tokenInfo.read(exchange);
      if (lastUpdate === undefined || lastUpdateAt === undefined) return;
      tokenInfo.forget(exchange);
      const next = nextLastUpdate(lastUpdate, clock.now());
      await writeInto(exchange, fileInApplication(TOKEN_INFO_FID), lastUpdateAt, next);
    },
  };
  return createPkcs15Writer(commands);

  function numbersOf(keys: readonly KeyEntry[]): ReadonlySet<number | undefined> {
    return new Set(keys.map((key) => own.keyReference(key)).filter((number) => number !== undefined));
  }
}

function keySpecsOf({ ecc, rsa4096, signsHashes }: AppletAbilities): KeySpec[] {
  const ec: KeySpec[] = ecc && signsHashes ? ['ec-p256', 'ec-p384'] : [];
  return ['rsa-2048', ...(rsa4096 ? (['rsa-4096'] as const) : []), ...ec];
}

/** CREATE FILE with file control parameters (ISO/IEC 7816-9:2017 §9.2.2) in DF(PKCS-15). */
async function createFile(exchange: ApduExchange, { fid, size, kind }: NewFile): Promise<void> {
  await selectApplicationDf(exchange);
  const parameters = concatBytes(
    Uint8Array.of(0x81, 0x02, size >> 8, size & 0xff, 0x82, 0x01, 0x01, 0x83, 0x02, fid >> 8, fid & 0xff),
    encodeTlv(0x86, accessRules[kind]),
  );
  const data = encodeTlv(0x6f, parameters);
  await succeed(exchange, 'CREATE FILE', { cla: 0x00, ins: 0xe0, p1: 0x00, p2: 0x00, data });
}

async function selectApplicationDf(exchange: ApduExchange): Promise<void> {
  const data = Uint8Array.of(APPLICATION_DF >> 8, APPLICATION_DF & 0xff);
  await succeed(exchange, 'SELECT', { cla: 0x00, ins: 0xa4, p1: 0x08, p2: 0x0c, data });
}

/** Keys belong to the application's DF. */
const keyPath = Uint8Array.of(APPLICATION_DF >> 8, APPLICATION_DF & 0xff);

async function makeKey(exchange: ApduExchange, reference: number, spec: KeySpec): Promise<Uint8Array> {
  const algorithm = generation[spec];
  if (algorithm === undefined) {
    throw new MiddlewareError('ERR_TOKEN_ALGORITHM_UNSUPPORTED', 'Card makes no such keys', { fields: { spec } });
  }
  if (spec === 'ec-p256' || spec === 'ec-p384') await askApi(exchange);
  await selectApplicationDf(exchange);
  const environment = Uint8Array.of(0x80, 0x01, algorithm, 0x84, 0x01, reference);
  await succeed(exchange, 'MSE', { cla: 0x00, ins: 0x22, p1: 0x41, p2: 0x00, data: environment });
  return await generate(exchange, spec);
}

/** GENERATE ASYMMETRIC KEY PAIR (ISO/IEC 7816-8:2021 §5.4): for RSA without data, for EC with the curve. */
async function generate(exchange: ApduExchange, spec: KeySpec): Promise<Uint8Array> {
  const isEc = spec === 'ec-p256' || spec === 'ec-p384';
  const answer = await succeed(exchange, 'GENERATE ASYMMETRIC KEY PAIR', {
    ...{ cla: 0x00, ins: 0x46, p1: isEc ? 0x00 : 0x42, p2: 0x00, le: 65_536 },
    ...(isEc ? { data: curveParameters(spec) } : {}),
  });
  const template = findTlv(answer, PUBLIC_KEY) ?? new Uint8Array();
  const part = (tag: number): Uint8Array => findTlv(template, tag) ?? new Uint8Array();
  return isEc ? ecPublicKey(spec, part(0x86)) : rsaPublicKey(part(0x81), part(0x82));
}

function curveParameters(curve: 'ec-p256' | 'ec-p384'): Uint8Array {
  const { prime, a, b, generator, order } = curveDomains[curve];
  const cofactor = Uint8Array.of(0, 1);
  const parts = [prime, a, b, generator, order].map((value, number) => encodeTlv(0x81 + number, value));
  return concatBytes(...parts, encodeTlv(0x87, cofactor));
}
