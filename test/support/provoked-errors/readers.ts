import { encodeCommand } from '../../../src/iso7816/command-apdu.js';
import { createPcscTransport } from '../../../src/transport/pcsc/pcsc-transport.js';
import { assertSuccess } from '../../../src/transport/pcsc/pcsc-errors.js';
import { linuxSystem } from '../../../src/transport/pcsc/system-linux.js';
import type { Provocation, Provocations } from './provocation.js';

const reader = 'TEST Reader';
/** What the PC/SC service answers to a call (PC/SC Workgroup, part 5; winscard.h). */
const serviceAnswers =
  (value: number, call: string): Provocation =>
  () =>
    assertSuccess(value, call, reader);

export const readerProvocations: Provocations<'APDU' | 'PCSC'> = {
  ERR_APDU_MALFORMED: () => encodeCommand({ cla: 0, ins: 0xd6, p1: 0, p2: 0, data: new Uint8Array(256) }, 'T=1', false),
  ERR_PCSC_LIBRARY_MISSING: async () => {
    const transport = createPcscTransport({ ...linuxSystem, libraries: ['/nonexistent/libpcsclite.so.1'] });
    await transport.start();
    try {
      await transport.connect(reader);
    } finally {
      await transport.close();
    }
  },
  ERR_PCSC_SERVICE_ABSENT: serviceAnswers(0x8010001d, 'SCardEstablishContext'),
  ERR_PCSC_READER_GONE: serviceAnswers(0x80100009, 'SCardConnect'),
  ERR_PCSC_SHARING_VIOLATION: serviceAnswers(0x8010000b, 'SCardConnect'),
  ERR_PCSC_CARD_RESET: serviceAnswers(0x80100068, 'SCardTransmit'),
  ERR_PCSC_CONTROL_UNSUPPORTED: serviceAnswers(0x8010001f, 'SCardControl'),
  ERR_PCSC_FAILURE: serviceAnswers(0x80100014, 'SCardTransmit'),
};
