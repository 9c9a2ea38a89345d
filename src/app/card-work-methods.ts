import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { IssuerSession, IssuerSummary } from '../control-contract/certificates.js';
import type { Clock, HttpClient, Logger } from '../core/ports.js';
import { createCardWork } from '../daemon/control/card-work.js';
import type { ControlCaller, ControlHandlers, PinReceiver } from '../daemon/control/handlers.js';
import { checkIssued } from '../enrollment/check-issued.js';
import { createIssuerClient } from '../enrollment/create-issuer-client.js';
import { openDownloadJournal } from '../history/download-journal-file.js';
import type { CardWorkRequest } from '../model/card-work.js';
import type { CertificateBackups } from '../model/certificate-backup.js';
import type { DownloadJournal } from '../model/download.js';
import type { History } from '../model/history.js';
import { registrarOf, type RelyingParty } from '../model/relying-party.js';
import type { TrustPolicy } from '../model/trust.js';
import type { OobService } from '../oob/oob-service.js';
import type { RelyingPartyRegistry } from '../oob/registry.js';
import type { JudgeCertificate } from '../operations/candidates.js';
import { createCardLocks } from '../operations/card-locks.js';
import type { PreparedCardWork } from '../operations/card-work.js';
import { createCertificateCare } from '../operations/certificate-care.js';
import type { CertificatesInUse } from '../operations/certificates-in-use.js';
import { createDownloads } from '../operations/download/downloads.js';
import { createIssuerSessions, type SignedIn } from '../operations/download/issuer-sessions.js';
import type { TokenRegistry } from '../tokens/token-registry.js';

/** What the methods work with that write to cards. */
export interface CardWorkMethodsOptions {
  /** Of {@link openJournalOfDownloads}. */
  readonly journal: DownloadJournal;
  readonly registry: () => RelyingPartyRegistry;
  readonly service: Pick<OobService, 'start' | 'collect' | 'cancel'>;
  readonly tokens: TokenRegistry;
  readonly trust: TrustPolicy;
  readonly backups: CertificateBackups;
  readonly inUse: CertificatesInUse;
  readonly judge: JudgeCertificate;
  readonly history: History;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly openOrders: () => number;
  /** The user's own phrase. */
  readonly phrase: () => string | undefined;
  /** A certificate has taken the place of another; must not throw. */
  readonly onReplaced: (old: string, next: string) => void;
}

/** The methods, and who takes their PIN frames. */
export interface CardWorkMethods {
  readonly handlers: ControlHandlers;
  /** Downloads that are not finished. */
  readonly unfinished: number;
  /** Takes the codes of card work, and hands every other PIN to `others`. */
  receiverBefore(others: PinReceiver): PinReceiver;
}

/** The journal of downloads of an instance. */
export function openJournalOfDownloads(
  stateFolder: string,
  options: { clock: Clock; logger: Logger },
): DownloadJournal {
  return openDownloadJournal(join(stateFolder, 'downloads'), options);
}

/** The `issuer.*`, `download.*` and `card.*` methods over the cards of a daemon. */
export async function cardWorkMethods(options: CardWorkMethodsOptions): Promise<CardWorkMethods> {
  const { http, clock, logger, openOrders, phrase, trust } = options;
  const locks = createCardLocks();
  const care = createCertificateCare({ ...options, locks });
  const client = createIssuerClient({ http, clock });
  const sessions = createIssuerSessions({ ...options, client });
  const downloads = createDownloads({
    ...options,
    sessions,
    locks,
    random: (length) => randomBytes(length),
    checkIssued: (answer, expected) => checkIssued(answer, { ...expected, policy: trust }),
  });
  const prepare = async (request: CardWorkRequest, caller: ControlCaller): Promise<PreparedCardWork> => {
    if (request.work === 'download') return await downloads.prepareDownload(request, caller);
    if (request.work === 'resume') return await downloads.prepareResume(request, caller);
    if (request.work === 'discard') return await downloads.prepareDiscard(request, caller);
    if (request.work === 'remove') return await care.prepareRemoval(request, caller.signal);
    return await care.prepareRestore(request, caller.signal);
  };
  const work = createCardWork({ prepare, logger, openOrders, phrase });
  const describe = (session: SignedIn): IssuerSession => {
    const card = sessions.cardOf(session);
    return {
      session: session.id,
      issuer: describeIssuer(session.issuer),
      ...(card === undefined ? {} : { card }),
      holder: session.leaf.person.commonName,
      orders: session.orders,
      expiresAt: new Date(session.login.expiresAt).toISOString(),
    };
  };
  await downloads.start();
  return {
    handlers: {
      'issuer.list': () => ({ issuers: sessions.issuers.map(describeIssuer) }),
      'issuer.signIn': async ({ issuer }, caller) =>
        describe(await sessions.signIn(issuer, caller, (hint) => caller.notify('issuer.progress', { hint }))),
      'issuer.signOut': ({ session }, caller) => {
        sessions.signOut(session, caller);
        return {};
      },
      'download.list': async () => ({ downloads: await downloads.list() }),
      'download.forget': async ({ downloadId }) => {
        await downloads.forget(downloadId);
        return {};
      },
      ...work.handlers,
    },
    get unfinished() {
      return downloads.unfinished;
    },
    receiverBefore: (others) => (received, caller) => {
      if (!work.receive(received, caller)) others(received, caller);
    },
  };
}

function describeIssuer(party: RelyingParty): IssuerSummary {
  return { clientId: party.clientId, name: party.displayName, registeredBy: registrarOf(party) };
}
