import type { CardProtocol } from '../../iso7816/command-apdu.js';
import type { Disposition } from '../card-channel.js';
import type { CardConnection } from '../card-connection.js';
import { assertSuccess, isFailedControl, isRemovedCard } from './pcsc-errors.js';
import type { PcscSystem } from './pcsc-system.js';
import type { Handle, Winscard } from './winscard.js';

/** The longest answer: 65 536 bytes and a status word (ISO/IEC 7816-4:2020 §5.2, extended form). */
const LONGEST_ANSWER = 65_538;
const SCARD_PROTOCOL_T0 = 1;
const LOOK_AGAIN_MS = 500;
const dispositions: Readonly<Record<Disposition, number>> = { leave: 0, reset: 1 };

/**
 * Connects to a card over PC/SC, on a context of its own: libpcsclite lets only one call at a time into a context.
 *
 * @throws {MiddlewareError} as ReaderTransport.connect.
 */
export async function openPcscConnection(
  winscard: Winscard,
  system: PcscSystem,
  reader: string,
): Promise<CardConnection> {
  const { returned, context } = await winscard.establishContext();
  assertSuccess(returned, 'SCardEstablishContext', reader);
  try {
    const connected = await winscard.connect(context, reader);
    assertSuccess(connected.returned, 'SCardConnect', reader);
    return await describeCard({ winscard, system, reader, context, ...connected });
  } catch (error) {
    await winscard.releaseContext(context);
    throw error;
  }
}

interface Session {
  readonly winscard: Winscard;
  readonly system: PcscSystem;
  readonly reader: string;
  readonly context: Handle;
  readonly card: Handle;
  protocol: number;
}

async function describeCard(session: Session): Promise<CardConnection> {
  const { winscard, card, reader } = session;
  const { returned, atr } = await winscard.status(card);
  try {
    // Pulled, or reset by another program, since the line before: the same as if it had happened while connecting.
    assertSuccess(returned, 'SCardConnect', reader);
  } catch (error) {
    await winscard.disconnect(card, dispositions.leave);
    throw error;
  }
  return createConnection(session, atr);
}

function createConnection(session: Session, atr: Uint8Array): CardConnection {
  const { winscard, system, reader, context, card } = session;
  const receive = new Uint8Array(new ArrayBuffer(LONGEST_ANSWER));
  let isGone = false;
  const assertOk = (returned: number, call: string): void => assertSuccess(returned, call, reader);

  /**
   * Of a card that was pulled in the middle of a command, or while the reader's keypad waited, a driver says only that
   * it failed, or nothing; and pcscd, which looks at the card every 400 ms, could not look meanwhile.
   */
  const assertCardStays = async (): Promise<void> => {
    assertOk((await winscard.status(card)).returned, 'SCardStatus');
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    assertOk((await winscard.status(card)).returned, 'SCardStatus');
  };

  return {
    atr,
    get protocol(): CardProtocol {
      return session.protocol === SCARD_PROTOCOL_T0 ? 'T=0' : 'T=1';
    },
    async begin() {
      assertOk(await winscard.beginTransaction(card), 'SCardBeginTransaction');
    },
    async end(disposition) {
      // pcscd takes a reader for empty when a reset fails, and then overlooks a card that is put in soon after.
      const applied = dispositions[isGone ? 'leave' : disposition];
      assertOk(await winscard.endTransaction(card, applied), 'SCardEndTransaction');
    },
    async reconnect() {
      const { returned, protocol } = await winscard.reconnect(card);
      assertOk(returned, 'SCardReconnect');
      session.protocol = protocol;
    },
    async transmit(command) {
      const { returned, length } = await winscard.transmit(card, session.protocol, command, receive);
      isGone = isRemovedCard(returned);
      assertOk(returned, 'SCardTransmit');
      // vpcd lets SCardTransmit succeed with nothing, or one byte, when the card goes in the middle of a command.
      if (length < 2) {
        isGone = true;
        await assertCardStays();
        isGone = false;
      }
      return receive.slice(0, length);
    },
    async control(code, input) {
      const answer = new Uint8Array(new ArrayBuffer(LONGEST_ANSWER));
      const nativeCode = code < 0x10000 ? system.controlCode(code) : code;
      const { returned, length } = await winscard.control(card, nativeCode, input, answer);
      if (isFailedControl(returned, 'SCardControl')) await assertCardStays();
      assertOk(returned, 'SCardControl');
      return answer.slice(0, length);
    },
    async disconnect(disposition) {
      await winscard.disconnect(card, dispositions[disposition]);
      await winscard.releaseContext(context);
    },
  };
}
