import { join } from 'node:path';
import type { Clock, HttpClient, Logger } from '../core/ports.js';
import type { ControlHandlers } from '../daemon/control/handlers.js';
import { openExpiryFile } from '../history/expiry-file.js';
import { noticeOfWarnings } from '../messages/expiry-notice.js';
import type { ExpiryWarning } from '../model/expiry.js';
import type { RelyingParty } from '../model/relying-party.js';
import type { TrustPolicy } from '../model/trust.js';
import { createActionFor } from '../operations/expiry/actions.js';
import { createFindAuthorities } from '../operations/expiry/authorities.js';
import { createExpiryRadar, type ExpiryRadar } from '../operations/expiry/expiry-radar.js';
import { readExpirySettings } from '../platform/expiry-settings.js';
import type { InstancePaths } from '../platform/paths.js';
import type { TokenRegistry } from '../tokens/token-registry.js';
import { daemonLanguage } from './daemon-language.js';

/** What the expiry radar of a daemon is made from. */
export interface ExpiryContext {
  readonly paths: InstancePaths;
  /** Nothing of a sandbox is shown on the desktop. */
  readonly sandbox: boolean;
  readonly trust: TrustPolicy;
  readonly tokens: TokenRegistry;
  readonly relyingParties: () => readonly RelyingParty[];
  readonly announce: (warning: ExpiryWarning) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Opens the expiry radar, which looks at once. Closed before the tokens are. */
export async function openExpiry({ paths, sandbox, trust, ...context }: ExpiryContext): Promise<ExpiryRadar> {
  const { relyingParties, clock, logger } = context;
  const folders = sandbox ? [paths.config] : [paths.system, paths.config];
  const { rules, remember } = readExpirySettings(
    folders.map((folder) => join(folder, 'expiry.json')),
    ({ code, fields }) => logger.error({ code, ...fields }, 'Settings of the expiry radar are not used'),
  );
  return createExpiryRadar({
    ...context,
    findAuthorities: createFindAuthorities(trust, clock),
    actionFor: createActionFor(rules, relyingParties),
    remember,
    memory: await openExpiryFile(join(paths.state, 'expiry.json'), logger),
    notify: sandbox ? () => Promise.resolve(false) : notifyOnDesktop,
  });
}

async function notifyOnDesktop(warnings: readonly ExpiryWarning[]): Promise<boolean> {
  const { showDesktopNotice } = await import('../platform/desktop-notice.js');
  return await showDesktopNotice(noticeOfWarnings(warnings, daemonLanguage()));
}

/** The `expiry.*` methods. */
export function expiryMethods(radar: ExpiryRadar): ControlHandlers {
  return {
    'expiry.get': () => radar.report(),
    'expiry.snooze': ({ id, days }) => radar.snooze(id, days),
    'expiry.cardEnds': ({ card, lastDay }) => radar.noteLastDay(card, lastDay),
    'expiry.forget': ({ card }) => radar.forget(card),
    'expiry.shown': async ({ ids }) => {
      await radar.shown(ids);
      return {};
    },
  };
}

/** The same client, whose servers' times are compared with ours: a wrong clock is found before a login fails by it. */
export function withTimesTold(http: HttpClient, told: (at: number) => void): HttpClient {
  return {
    send: async (call) => {
      const answer = await http.send(call);
      // What a cache gives out bears the time of its making.
      const isFresh = call.method === 'POST' && answer.headers['age'] === undefined;
      if (isFresh && answer.date !== undefined) told(answer.date);
      return answer;
    },
  };
}
