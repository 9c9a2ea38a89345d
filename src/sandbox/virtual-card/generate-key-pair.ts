import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { encodeTlv, findTlv } from '../../core/ber-tlv.js';
import { concatBytes } from '../../core/bytes.js';
import type { CardContext } from './card-context.js';
import type { CardModel } from './card-models.js';
import type { ParsedCommand } from './parsed-command.js';
import { answer, status, sw, type Reply } from './status-words.js';
import { writeRefusal } from './write-permission.js';

const USER_PIN = 0x11;

type KeyKind = { readonly rsaBits: number } | { readonly curve: string };

/** Algorithm identifiers as SP 800-78-5 has them for the PIV card. */
const kinds: Readonly<Record<number, KeyKind>> = {
  0x05: { rsaBits: 3072 },
  0x07: { rsaBits: 2048 },
  0x11: { curve: 'prime256v1' },
  0x14: { curve: 'secp384r1' },
};

/**
 * GENERATE ASYMMETRIC KEY PAIR (ISO/IEC 7816-8:2019 §9.2), P1-P2 0000: template AC with 80 algorithm and 84 key
 * reference; answers 7F49 with the public key. The key comes under PIN 11, its reference must be free, and
 * so must a container (6A84). Files, index and maps are the caller's part.
 */
export function generateKeyPair(card: CardContext, command: ParsedCommand): Reply {
  if (command.p1 !== 0 || command.p2 !== 0) return status(sw.badP1P2);
  const refused = writeRefusal(card);
  if (refused !== undefined) return refused;
  const wanted = parseTemplate(command.data);
  if (wanted === undefined) return status(sw.badData);
  const kind = kinds[wanted.algorithm];
  if (kind === undefined || !isOffered(card.model, kind)) return status(sw.unsupported);
  if (card.state.keys.some((key) => key.reference === wanted.reference)) return status(sw.fileExists);
  if (card.state.keys.length >= card.state.containers) return status(sw.noSpace);
  const privateKey = generate(kind);
  card.state.keys.push({
    reference: wanted.reference,
    kind: 'kxc',
    pinReference: USER_PIN,
    pkcs8: new Uint8Array(privateKey.export({ format: 'der', type: 'pkcs8' })),
  });
  card.save();
  card.countKeyOperation();
  return answer(encodeTlv(0x7f49, publicKeyObjects(privateKey)));
}

const isOffered = (model: CardModel, kind: KeyKind): boolean =>
  'curve' in kind ? model.ellipticCurves : model.rsaBits.includes(kind.rsaBits);

function generate(kind: KeyKind): KeyObject {
  return 'curve' in kind
    ? generateKeyPairSync('ec', { namedCurve: kind.curve }).privateKey
    : generateKeyPairSync('rsa', { modulusLength: kind.rsaBits }).privateKey;
}

function parseTemplate(data: Uint8Array): { algorithm: number; reference: number } | undefined {
  try {
    const template = findTlv(data, 0xac);
    const algorithm = template && findTlv(template, 0x80);
    const reference = template && findTlv(template, 0x84);
    if (algorithm?.[0] === undefined || reference?.[0] === undefined) return undefined;
    return { algorithm: algorithm[0], reference: reference[0] };
  } catch {
    return undefined;
  }
}

/** 81 modulus and 82 exponent, or 86 uncompressed point (ISO/IEC 7816-8:2019 table 3). */
function publicKeyObjects(privateKey: KeyObject): Uint8Array {
  const jwk = createPublicKey(privateKey).export({ format: 'jwk' });
  const part = (value: string | undefined): Uint8Array => Buffer.from(value ?? '', 'base64url');
  return jwk.kty === 'RSA'
    ? concatBytes(encodeTlv(0x81, part(jwk.n)), encodeTlv(0x82, part(jwk.e)))
    : encodeTlv(0x86, concatBytes(Uint8Array.of(4), part(jwk.x), part(jwk.y)));
}
