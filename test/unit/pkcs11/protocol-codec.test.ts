import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits, type OpenWork, type TokenContents, type UseRequest } from '../../../src/pkcs11/protocol.js';
import {
  failedAnswer,
  moduleInfo,
  openWork,
  openWorkAnswer,
  slotList,
  tokenContents,
  useAnswer,
  useRequest,
  type Codec,
} from '../../../src/pkcs11/protocol-codec.js';
import { WireReader, WireWriter } from '../../../src/pkcs11/wire.js';

const bytes = (length: number, fill = 7): Uint8Array => new Uint8Array(length).fill(fill);
const keyId = bytes(16);

function written<T>(codec: Codec<T>, value: T): Uint8Array {
  const writer = new WireWriter();
  codec.write(writer, value);
  return Uint8Array.from(writer.finish());
}

function read<T>(codec: Codec<T>, from: Uint8Array): T {
  const reader = new WireReader(from);
  const value = codec.read(reader);
  reader.end();
  return value;
}

const works: readonly OpenWork[] = [
  { kind: 'sign', keyId, algorithm: 'PS256', digests: [bytes(32), bytes(32, 9)] },
  { kind: 'generate', keyId, spec: 'ec-p384', label: 'TEST å' },
  { kind: 'store', keyId, label: '', der: bytes(2000), subject: bytes(9), serial: bytes(3), issuer: bytes(8) },
  { kind: 'find-key', keyId },
  { kind: 'remove-key', keyId },
  { kind: 'remove-certificate', der: bytes(900), keepKey: true },
];
const contents: TokenContents = {
  token: {
    ...{ label: 'TEST', manufacturer: 'TEST', model: 'TEST', serial: '11', flags: 4 },
    ...{ minPinLength: 4, maxPinLength: 8, freePublicMemory: 12_000 },
  },
  certificates: [{ id: keyId, label: 'TEST', der: bytes(1200) }],
  keyIds: [keyId],
  pinEachTimeIds: [],
  mechanisms: [{ mechanism: 1, flags: 0x800 }],
};
const opened: UseRequest = {
  ...{ slot: '0100', serial: '11', label: 'TEST', pinFlags: 0 },
  work: { kind: 'open', idleMs: 10_000 },
};

describe('codecs of a module process', () => {
  it.each(works.map((work) => [work.kind, work] as const))('give work %s back as it was', (_, work) => {
    expect(read(openWork, written(openWork, work))).toEqual(work);
  });

  it('give contents back as they were, memory told or not', () => {
    expect(read(tokenContents, written(tokenContents, contents))).toEqual(contents);
    const silent = { ...contents, token: { ...contents.token, freePublicMemory: undefined } };
    expect(read(tokenContents, written(tokenContents, silent))).toEqual(silent);
    expect(read(useRequest, written(useRequest, opened))).toEqual(opened);
  });

  const answers: readonly (readonly [string, Codec<unknown>, Uint8Array])[] = [
    ['contents', tokenContents, written(tokenContents, contents)],
    ['openWork', openWork, written(openWork, works[2]!)],
    ['openWorkAnswer', openWorkAnswer, written(openWorkAnswer, bytes(256))],
    ['useAnswer', useAnswer, written(useAnswer, { stage: 'done', returnValue: 0, flags: 4, value: bytes(256) })],
    ['useRequest', useRequest, written(useRequest, opened)],
    ['slotList', slotList, written(slotList, [{ slot: '01', hasToken: true, changed: false, reader: 'TEST' }])],
    ['moduleInfo', moduleInfo, written(moduleInfo, { manufacturer: '', description: '', version: '' })],
    ['failedAnswer', failedAnswer, written(failedAnswer, { returnValue: 5, message: 'TEST' })],
  ];

  it.each(answers)('%s refuses every truncation, and what is left over', (_, codec, good) => {
    for (let length = 0; length < good.length; length += 1) {
      expect(() => read(codec, good.subarray(0, length))).toThrow(
        expect.objectContaining({ code: 'ERR_MODULE_RESPONSE' }),
      );
    }
    expect(() => read(codec, Uint8Array.of(...good, 0))).toThrow(
      expect.objectContaining({ code: 'ERR_MODULE_RESPONSE' }),
    );
  });

  it.each(answers)('%s answers every change with a value or ERR_MODULE_RESPONSE', (_, codec, good) => {
    const change = fc.record({ at: fc.nat(good.length - 1), to: fc.uint8Array({ minLength: 1, maxLength: 8 }) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const changed = Uint8Array.from(good);
        for (const { at, to } of changes) changed.set(to.subarray(0, good.length - at), at);
        try {
          read(codec, changed);
        } catch (error) {
          expect(error).toMatchObject({ code: 'ERR_MODULE_RESPONSE' });
        }
      }),
      { numRuns: 300 },
    );
  });

  it('an answer longer than any signature or key is refused before it is copied', () => {
    const claimed = new WireWriter().u32(limits.resultBytes + 1).finish();
    expect(() => read(openWorkAnswer, claimed)).toThrow('too long');
    const objects = new WireWriter();
    for (const text of ['', '', '', '']) objects.text(text);
    objects.u32(0).u32(0).u32(0).optionalU32(undefined).u32(0xffff_ffff);
    expect(() => read(tokenContents, objects.finish())).toThrow('too many');
  });

  it('a flag is 0 or 1, and a name one that is known', () => {
    const work = written(openWork, works[5]!);
    work[work.length - 1] = 2;
    expect(() => read(openWork, work)).toThrow('flag');
    const kind = written(openWork, works[3]!);
    kind[0] = 6;
    expect(() => read(openWork, kind)).toThrow('unknown name');
  });
});
