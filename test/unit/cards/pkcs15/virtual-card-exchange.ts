import { createApduExchange, type ApduExchange } from '../../../../src/cards/apdu-exchange.js';
import type { CardApplication, CardPin } from '../../../../src/cards/card-application.js';
import { verifyPin } from '../../../../src/cards/pin-commands.js';
import { createPkcs15Family } from '../../../../src/cards/pkcs15/pkcs15-family.js';
import { systemClock } from '../../../../src/core/ports.js';
import { Secret } from '../../../../src/core/secret.js';
import type { VirtualPkcs15Card } from '../../../../src/sandbox/virtual-pkcs15/virtual-pkcs15-card.js';
import type { CardTransmitter } from '../../../../src/transport/card-channel.js';

/** Sees a command before the card does; may throw, or answer, in its place. */
type Before = (command: Uint8Array) => Uint8Array | undefined;

/** The card as a transaction sees it. */
export function transmitterOf(card: VirtualPkcs15Card, before: Before = () => undefined) {
  const transmitter: CardTransmitter = {
    protocol: 'T=1',
    transmit: (command) =>
      new Promise((resolve) => {
        resolve(before(command) ?? card.process(command).response);
      }),
    control: () => Promise.reject(new Error('unexpected control call')),
  };
  return transmitter;
}

export function exchangeWith(
  card: VirtualPkcs15Card,
  options: { readonly extended?: boolean; readonly before?: Before } = {},
): ApduExchange {
  return createApduExchange(transmitterOf(card, options.before), {
    clock: systemClock,
    readerTakesExtended: options.extended,
  });
}

/** Recognizes the card, which must be one of ours. */
export async function recognized(card: VirtualPkcs15Card, exchange = exchangeWith(card)): Promise<CardApplication> {
  const application = await createPkcs15Family().recognize(exchange, card.atr);
  if (application === undefined) throw new Error('card not recognized');
  return application;
}

export const secret = (text: string): Secret => Secret.moveFrom(new Uint8Array(Buffer.from(text)));

/** A new transaction in which the application is selected and a PIN verified. */
export async function verified(
  card: VirtualPkcs15Card,
  application: CardApplication,
  pin: CardPin,
  value: string,
  options: Parameters<typeof exchangeWith>[1] = {},
): Promise<ApduExchange> {
  const exchange = exchangeWith(card, options);
  await application.select(exchange);
  await verifyPin(exchange, pin, secret(value));
  return exchange;
}
