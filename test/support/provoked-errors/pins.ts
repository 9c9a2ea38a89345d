import { verifyOnPinPad } from '../../../src/cards/pin-pad.js';
import { changePin } from '../../../src/cards/pin-commands.js';
import { createApduExchange } from '../../../src/cards/apdu-exchange.js';
import type { CardPin } from '../../../src/cards/card-application.js';
import { openLineDialog } from '../../../src/cli/pin/line-dialog.js';
import type { CliPorts } from '../../../src/cli/ports.js';
import { systemClock } from '../../../src/core/ports.js';
import { createPinOperations } from '../../../src/daemon/control/pin-operations.js';
import { createPinCare, type PinCare, type PreparedPin } from '../../../src/operations/pin-care.js';
import type { PinCodes } from '../../../src/operations/pin-operation.js';
import { createPinentry } from '../../../src/platform/pinentry.js';
import { scriptedCard } from '../scripted-channel.js';
import { scriptedReader } from '../scripted-reader.js';
import { recordingLogger } from '../recording-logger.js';
import { scriptedTerminal } from '../scripted-terminal.js';
import { testCaller } from '../test-caller.js';
import { createTokenBench, secretOf, type InsertedCard, type TokenBench } from '../token-bench.js';
import { testPin } from '../virtual-card-fixture.js';
import type { Provocation, Provocations } from './provocation.js';

const signal = new AbortController().signal;
const authentication = { role: 'authentication' } as const;

interface PinScene {
  readonly bench: TokenBench;
  readonly card: InsertedCard;
  readonly care: PinCare;
  /** Uses tries of the card as another program would. */
  readonly burn: (count: number) => void;
  readonly run: (prepared: PreparedPin, codes: PinCodes) => Promise<unknown>;
}

/** A card in a reader, and what looks after its PINs. */
const atCard =
  (work: (scene: PinScene) => Promise<unknown>): Provocation =>
  async () => {
    const bench = await createTokenBench();
    try {
      const card = bench.insertNew('TEST Reader');
      await bench.token('TEST Reader');
      const care = createPinCare({ tokens: bench.registry, history: bench.history });
      await work({
        ...{ bench, card, care },
        burn(count) {
          for (let time = 0; time < count; time += 1) card.send(`0020001110${'39'.repeat(4)}${'00'.repeat(12)}`);
        },
        run: (prepared, codes) => prepared.run(codes, { lastTryConsent: false, signal }),
      });
    } finally {
      await bench.close();
    }
  };

const wrongPuk = () => ({ puk: secretOf('00000000'), next: secretOf('2468') });

const format = { minLength: 4, maxLength: 16, characters: 'digits' } as const;
const pin: CardPin = { reference: 0x11, role: 'authentication', format, block: { length: 16, pad: 0 } };
/** PC/SC part 10, PIN_VERIFY_STRUCTURE with the command at its end. */
const structure = '1e1e 82 00 00 1004 02 00 0000 00 000000 15000000 0020001110 00000000000000000000000000000000';
const padAnswers =
  (answer: string): Provocation =>
  () => {
    const code = 0x42330006;
    const features = { pinPad: { verify: code } };
    return verifyOnPinPad(scriptedReader([{ code, input: structure, answer }]), features, pin, { language: 'sv' });
  };

export const pinProvocations: Provocations<'PIN' | 'PUK'> = {
  ERR_PIN_WRONG: atCard(async ({ care, run }) =>
    run(await care.prepare('verify', authentication, signal), { current: secretOf('9999') }),
  ),
  ERR_PIN_BLOCKED: atCard(async ({ care, burn }) => {
    burn(5);
    await care.prepare('verify', authentication, signal);
  }),
  ERR_PIN_MALFORMED: atCard(async ({ care, run }) =>
    run(await care.prepare('change', authentication, signal), { current: secretOf(testPin), next: secretOf('12') }),
  ),
  ERR_PIN_NEW_REFUSED: () => {
    const command = '0024001120 31323334000000000000000000000000 31313131000000000000000000000000';
    const exchange = createApduExchange(scriptedCard([{ command, answer: '6a80' }]), { clock: systemClock });
    return changePin(exchange, pin, secretOf('1234'), secretOf('1111'));
  },
  ERR_PIN_LAST_TRY: atCard(async ({ care, run, burn }) => {
    burn(4);
    await run(await care.prepare('verify', authentication, signal), { current: secretOf(testPin) });
  }),
  ERR_PIN_COUNTER_FELL: atCard(async ({ care, run, burn }) => {
    const prepared = await care.prepare('verify', authentication, signal);
    burn(1);
    await run(prepared, { current: secretOf(testPin) });
  }),
  ERR_PIN_AMBIGUOUS: atCard(({ care }) => care.prepare('change', {}, signal)),
  ERR_PIN_CANCELLED: async () => {
    const terminal = scriptedTerminal();
    const never = new AbortController().signal;
    const ports: Partial<CliPorts> = { openTerminal: terminal.open, interrupted: () => Promise.resolve(never) };
    const dialog = await openLineDialog({ ports: ports as CliPorts, language: 'en' });
    const code = dialog.askCode('PIN');
    terminal.type('12\u0003');
    await code.finally(() => dialog.close());
  },
  ERR_PIN_OPERATION_OVER: atCard(async ({ care }) => {
    const caller = testCaller();
    const { handlers } = createPinOperations({ pinCare: care, logger: recordingLogger(), openOrders: () => 0 });
    const { operationId } = await handlers['pin.begin']!({ operation: 'verify', ...authentication }, caller);
    try {
      // Without the code that it waits for.
      await handlers['pin.run']!({ operationId, lastTryConsent: false, onPinPad: false }, caller);
    } finally {
      caller.end();
    }
  }),
  ERR_PIN_OPERATION_RUNNING: atCard(async ({ care, run }) => {
    const prepare = () => care.prepare('verify', authentication, signal);
    const [one, two] = [await prepare(), await prepare()];
    const first = run(one, { current: secretOf(testPin) });
    await run(two, { current: secretOf(testPin) }).finally(() => first);
  }),
  ERR_PIN_PAD_TIMEOUT: padAnswers('6400'),
  ERR_PIN_PAD_CANCELLED: padAnswers('6401'),
  ERR_PIN_PAD_MISMATCH: padAnswers('6402'),
  ERR_PIN_PAD_REFUSED: padAnswers('6b80'),
  ERR_PIN_PAD_FAILED: padAnswers(''),
  ERR_PIN_DIALOGUE: async () => {
    const window = { title: 'TEST', text: 'TEST', ok: 'OK', cancel: 'Cancel' };
    await createPinentry({ program: '/bin/false', env: {} }).confirm(window, signal);
  },
  ERR_PUK_WRONG: atCard(async ({ care, run }) =>
    run(await care.prepare('unblock', authentication, signal), wrongPuk()),
  ),
  ERR_PUK_BLOCKED: atCard(async ({ care, run }) => {
    for (let left = 4; left >= 1; left -= 1) {
      await run(await care.prepare('unblock', authentication, signal), wrongPuk()).catch(() => undefined);
    }
    const last = await care.prepare('unblock', authentication, signal);
    await last.run(wrongPuk(), { lastTryConsent: true, signal });
  }),
  ERR_PUK_MALFORMED: atCard(async ({ care, run }) =>
    run(await care.prepare('unblock', authentication, signal), { puk: secretOf('1'), next: secretOf('2468') }),
  ),
};
