import type { Clock, HttpClient, Logger } from '../core/ports.js';
import type { ControlHandlers } from '../daemon/control/handlers.js';
import { attachedSurfaces, type AttachedSurfaces } from '../daemon/control/prompt-surfaces.js';
import type { JudgeCertificate } from '../operations/candidates.js';
import type { ExpiryRadar } from '../operations/expiry/expiry-radar.js';
import type { RevocationWatch } from '../operations/revocation-watch.js';
import { createHttpClient } from '../platform/http-client.js';
import type { InstancePaths } from '../platform/paths.js';
import { startCardHooks } from './card-hooks.js';
import { cardWorkMethods, openJournalOfDownloads, type CardWorkMethods } from './card-work-methods.js';
import type { Cards } from './cards.js';
import type { Announcements } from './control.js';
import { openExpiry, withTimesTold } from './expiry-methods.js';
import { createJudge } from './judge-certificate.js';
import { openOrders, type Orders } from './orders.js';
import { openPhrase, phraseMethods } from './phrase-methods.js';
import { followPinentry } from './pinentry/open-pinentry.js';
import { pinMethods, type PinMethods } from './pin-methods.js';
import { openRevocation } from './revocation.js';
import type { Stores } from './stores.js';

/** What {@link openServices} works with. */
export interface ServicesContext {
  readonly paths: InstancePaths;
  readonly sandbox: boolean;
  readonly stores: Stores;
  readonly cards: Cards;
  readonly announcements: Announcements;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What a daemon does with its cards, each to be closed by whoever opened them all. */
export interface Services {
  readonly http: HttpClient;
  readonly judge: JudgeCertificate;
  /** What is known of the revocation of certificates; closed before the tokens are, as all that follow cards. */
  readonly revocation: RevocationWatch;
  readonly prompts: AttachedSurfaces;
  readonly phrase: Pick<ControlHandlers, 'phrase.get' | 'phrase.set'>;
  /** Started when the readers are being watched. */
  readonly orders: Orders;
  readonly pins: PinMethods;
  readonly cardWork: CardWorkMethods;
  readonly expiry: ExpiryRadar;
  readonly stopHooks: () => Promise<void>;
}

/** Logins and signatures, PINs, certificates and what follows the cards, over the stores and the cards of a daemon. */
export async function openServices(context: ServicesContext): Promise<Services> {
  const { paths, sandbox, stores, announcements, clock, logger } = context;
  const { tokens } = context.cards;
  const { history, relyingParties, trust, rules, backups } = stores;
  const judge = createJudge(trust);
  const revocation = await openRevocation({ paths, sandbox, trust, tokens, clock, logger });
  const phraseFile = await openPhrase(paths.state, logger);
  const ownPhrase = (): string | undefined => phraseFile.phrase;
  const prompts = attachedSurfaces({
    ...{ clock, logger },
    phrase: ownPhrase,
    onLook: () => pinentry.look(),
    onChange: () => announcements.changed(),
  });
  const pinentry = followPinentry({ prompts, sandbox, env: process.env, clock, logger });
  const phrase = phraseMethods(phraseFile, () => prompts.phraseChanged());
  // One for all: each parses the system's roots anew.
  const http = withTimesTold(createHttpClient(), (at) => expiry.timeTold(at));
  const registry = () => relyingParties.registry;
  const orders = await openOrders({
    ...{ registry, tokens, judge, rules, revocation, history, http, clock, logger },
    stateFolder: paths.state,
    surfaces: prompts.surfaces,
  });
  const openOrderCount = (): number => orders.open;
  const pins = pinMethods({ tokens, history, clock, logger, openOrders: openOrderCount, phrase: ownPhrase });
  const cardWork = await cardWorkMethods({
    ...{ registry, tokens, trust, judge, backups, history, http, clock, logger },
    journal: openJournalOfDownloads(paths.state, { clock, logger }),
    service: orders.service,
    inUse: orders.inUse,
    openOrders: openOrderCount,
    phrase: ownPhrase,
    onReplaced: (old, next) => rules.moved(old, next),
  });
  const expiry = await openExpiry({
    ...{ paths, sandbox, trust, tokens, clock, logger },
    relyingParties: () => relyingParties.registry.all,
    announce: (warning) => announcements.warn(warning),
  });
  const stopCardHooks = startCardHooks({ paths, sandbox, tokens, logger });
  const stopHooks = async (): Promise<void> => {
    pinentry.close();
    await stopCardHooks();
  };
  return { http, judge, revocation, prompts, phrase, orders, pins, cardWork, expiry, stopHooks };
}
