import type { DaemonStatus } from '../control-contract/status.js';
import type { Clock, Logger } from '../core/ports.js';
import type { ControlHandlers, PinReceiver } from '../daemon/control/handlers.js';
import type { Cards } from './cards.js';
import { certificateMethods } from './certificate-methods.js';
import { doctorFactsMethods } from './doctor-facts.js';
import { expiryMethods } from './expiry-methods.js';
import { inventoryMethods } from './inventory-methods.js';
import { launchMethods } from './launch-methods.js';
import { relyingPartyMethods } from './relying-party-methods.js';
import type { Services } from './services.js';
import { statusReport } from './status-report.js';
import type { Stores } from './stores.js';

/** What the methods of a daemon that serves cards answer from. */
export interface ControlMethodsContext {
  readonly stores: Stores;
  readonly cards: Cards;
  readonly services: Services;
  readonly status: () => DaemonStatus;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** All methods of a daemon but those of its life and its sandbox. */
export function controlMethods({
  stores,
  cards,
  services,
  status,
  clock,
  logger,
}: ControlMethodsContext): ControlHandlers {
  const { history, relyingParties, trust, rules, backups } = stores;
  const { transport, tokens, trace, times } = cards;
  const { http, judge, revocation, prompts, phrase, orders, pins, cardWork, expiry } = services;
  const sources = { monitor: transport.monitor, tokens, judge, revocation, now: () => clock.now() };
  return {
    ...relyingPartyMethods(relyingParties, http),
    ...prompts.handlers,
    ...phrase,
    ...pins.handlers,
    ...cardWork.handlers,
    ...trace.handlers,
    ...certificateMethods({
      ...{ tokens, judge, rules, revocation, relyingParties, backups, clock, logger },
      choices: orders.choices,
    }),
    ...launchMethods(orders.service),
    ...expiryMethods(expiry),
    ...doctorFactsMethods(transport.monitor, times),
    ...inventoryMethods({ tokens, trust, relyingParties: () => relyingParties.registry.all }),
    'status.get': () => statusReport(status(), sources),
    'history.list': async (query) => await history.list(query),
    'history.verify': async () => await history.verify(),
    'history.recent': async ({ limit }) => ({ entries: await history.recent(limit) }),
  };
}

/** Takes every PIN frame to whoever asked for it. */
export function pinReceiverOf({ pins, cardWork, prompts }: Services): PinReceiver {
  return pins.receiverBefore(cardWork.receiverBefore(prompts.pinReceiver));
}
