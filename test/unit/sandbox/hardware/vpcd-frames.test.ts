import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, fromHex, toHex } from '../../../../src/core/bytes.js';
import { VpcdFrameParser, vpcdFrame, type VpcdRequest } from '../../../../src/sandbox/hardware/vpcd-frames.js';

const shown = (requests: VpcdRequest[]): string[] =>
  requests.map((request) => (request.kind === 'apdu' ? toHex(request.command) : request.kind));

describe('VpcdFrameParser', () => {
  it('tells control bytes from commands', () => {
    const requests = new VpcdFrameParser().push(fromHex('000100 000101 000102 000104 000500a4000000'));
    expect(shown(requests)).toEqual(['powerOff', 'powerOn', 'reset', 'atr', '00a4000000']);
  });

  it('drops empty frames and control bytes that mean nothing', () => {
    expect(shown(new VpcdFrameParser().push(fromHex('0000 000103 000104')))).toEqual(['atr']);
  });

  it('finds the same requests however the stream is cut', () => {
    const payloads = fc.array(fc.uint8Array({ minLength: 2, maxLength: 300 }), { maxLength: 6 });
    fc.assert(
      fc.property(payloads, fc.array(fc.nat(40), { maxLength: 50 }), (commands, cuts) => {
        const stream = concatBytes(...commands.map(vpcdFrame));
        const parser = new VpcdFrameParser();
        const found: string[] = [];
        let offset = 0;
        for (const cut of [...cuts, stream.length]) {
          found.push(...shown(parser.push(stream.slice(offset, offset + cut))));
          offset += cut;
        }
        found.push(...shown(parser.push(stream.slice(offset))));
        expect(found).toEqual(commands.map(toHex));
      }),
    );
  });
});
