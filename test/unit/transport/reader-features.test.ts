import { describe, expect, it } from 'vitest';
import { MiddlewareError, type ErrorCode } from '../../../src/core/errors.js';
import { discoverReaderFeatures, readerFeatures } from '../../../src/transport/reader-features.js';
import { scriptedChannel } from '../../support/scripted-channel.js';
import { scriptedReader, type ControlStep } from '../../support/scripted-reader.js';

const failure = (code: ErrorCode): MiddlewareError => new MiddlewareError(code, 'planned');
const step = (code: number, answer: string | Error): ControlStep => ({ code, input: '', answer });
const discover = async (...steps: ControlStep[]): Promise<unknown> => {
  const reader = scriptedReader(steps);
  const features = await discoverReaderFeatures(reader);
  reader.assertUsedUp();
  return features;
};

describe('discoverReaderFeatures()', () => {
  it('asks for features, PIN properties and TLV properties', async () => {
    expect(
      await discover(
        step(3400, '060442330006 070442330007 0a044233000a 120442330012'),
        step(0x4233000a, '10020701'),
        step(0x42330012, '060104 070108 0a0400000100'),
      ),
    ).toEqual({
      pinPad: {
        verify: 0x42330006,
        modify: 0x42330007,
        minPinLength: 4,
        maxPinLength: 8,
        display: { lines: 2, columns: 16 },
      },
      maxApduDataSize: 0x10000,
    });
  });

  it('asks no more than the reader announces', async () => {
    expect(await discover(step(3400, '060442330006'))).toEqual({ pinPad: { verify: 0x42330006 } });
    expect(await discover(step(3400, '120442330012'), step(0x42330012, '0a0400000100'))).toEqual({
      maxApduDataSize: 0x10000,
    });
  });

  it.each<ErrorCode>(['ERR_PCSC_CONTROL_UNSUPPORTED', 'ERR_PCSC_FAILURE'])(
    'a reader that answers %s has no features',
    async (code) => {
      expect(await discover(step(3400, failure(code)))).toEqual({});
    },
  );

  it('a reader that announces properties and refuses them keeps its keypad', async () => {
    const answer = failure('ERR_PCSC_FAILURE');
    expect(
      await discover(
        step(3400, '0604423300060a044233000a120442330012'),
        step(0x4233000a, answer),
        step(0x42330012, answer),
      ),
    ).toEqual({ pinPad: { verify: 0x42330006 } });
  });

  it('the display is also found among the TLV properties', async () => {
    expect(await discover(step(3400, '060442330006120442330012'), step(0x42330012, '01021002'))).toMatchObject({
      pinPad: { display: { lines: 2, columns: 16 } },
    });
  });

  it('does not believe in the keypad of a reader that has none', async () => {
    const steps = [step(3400, '060442330006120442330012'), step(0x42330012, '0b026b070c023130')];
    expect(await discover(...steps)).toEqual({ vendorId: 0x076b, productId: 0x3031 });
  });

  it.each<ErrorCode>(['ERR_CARD_REMOVED', 'ERR_PCSC_CARD_RESET', 'ERR_CARD_UNRESPONSIVE', 'ERR_ABORTED'])(
    'passes %s on',
    async (code) => {
      await expect(discover(step(3400, failure(code)))).rejects.toMatchObject({ code });
    },
  );
});

describe('readerFeatures()', () => {
  it('asks once for each channel', async () => {
    const channel = scriptedChannel([]);
    const reader = scriptedReader([step(3400, '060442330006')]);
    const features = await readerFeatures(channel, reader);
    expect(features.pinPad?.verify).toBe(0x42330006);
    expect(await readerFeatures(channel, scriptedReader([]))).toBe(features);
    expect(await readerFeatures(scriptedChannel([]), scriptedReader([step(3400, '')]))).toEqual({});
  });

  it('asks again after a failure', async () => {
    const channel = scriptedChannel([]);
    const lost = scriptedReader([step(3400, failure('ERR_PCSC_CARD_RESET'))]);
    await expect(readerFeatures(channel, lost)).rejects.toMatchObject({ code: 'ERR_PCSC_CARD_RESET' });
    expect(await readerFeatures(channel, scriptedReader([step(3400, '')]))).toEqual({});
  });
});
