import { createApduExchange, type ApduExchange } from '../../../../src/cards/apdu-exchange.js';
import type { CardApplication } from '../../../../src/cards/card-application.js';
import { createPivFamily } from '../../../../src/cards/piv/piv-family.js';
import { systemClock } from '../../../../src/core/ports.js';
import type { PivPersonalization } from '../../../../src/sandbox/virtual-piv/personalize-piv.js';
import type { VirtualPivCardOptions } from '../../../../src/sandbox/virtual-piv/virtual-piv-card.js';
import { fixturePivCard, type FixturePivCard } from '../../../support/virtual-piv-fixture.js';

/** What answers a command in place of the card; the card does not see it. */
export type Fault = (command: number) => Uint8Array | Error | undefined;

export interface PivBench extends FixturePivCard {
  /** A new exchange with the card, as in a new transaction. */
  readonly connect: (fault?: Fault) => ApduExchange;
  readonly recognize: (exchange?: ApduExchange) => Promise<CardApplication>;
}

export function pivBench(
  overrides: Partial<PivPersonalization> = {},
  options: Partial<VirtualPivCardOptions> = {},
): PivBench {
  const fixture = fixturePivCard(overrides, options);
  const connect = (fault: Fault = () => undefined): ApduExchange => {
    let sent = 0;
    return createApduExchange(
      {
        protocol: fixture.card.protocol,
        control: () => Promise.reject(new Error('unexpected')),
        transmit(command) {
          const answer = fault(sent++) ?? fixture.card.process(command).response;
          return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
        },
      },
      { clock: systemClock, readerTakesExtended: true },
    );
  };
  const recognize = async (exchange = connect()): Promise<CardApplication> => {
    const application = await createPivFamily().recognize(exchange, fixture.card.atr);
    if (application === undefined) throw new Error('not recognized');
    return application;
  };
  return { ...fixture, connect, recognize };
}
