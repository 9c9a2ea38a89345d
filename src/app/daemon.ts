import { rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isMiddlewareError } from '../core/errors.js';
import { systemClock, type Logger } from '../core/ports.js';
import type { DaemonStatus } from '../control-contract/status.js';
import { startControlServer, type ControlServer } from '../daemon/control/control-server.js';
import { attachedSurfaces } from '../daemon/control/prompt-surfaces.js';
import type { LoopbackLimits } from '../daemon/loopback/limits.js';
import type { ControlHandlers } from '../daemon/control/handlers.js';
import { createCertificateBackups } from '../history/certificate-backups.js';
import { openFileHistory, type FileHistory } from '../history/file-history.js';
import { openRetryCounterFile } from '../history/retry-counter-file.js';
import type { TrustPolicy } from '../model/trust.js';
import { parseCertificate } from '../pki/certificate.js';
import { createCardPrograms } from '../platform/card-programs.js';
import { createHttpClient } from '../platform/http-client.js';
import { createControlKey } from '../platform/control-key.js';
import { defaultPortOf } from '../platform/instance.js';
import type { InstancePaths } from '../platform/paths.js';
import { ensureInstanceFolders } from '../platform/private-folder.js';
import { clearStaleSocket } from '../platform/stale-socket.js';
import { createIdPrimeFamily } from '../cards/idprime/idprime-family.js';
import { createPivFamily } from '../cards/piv/piv-family.js';
import { createPkcs15Family } from '../cards/pkcs15/pkcs15-family.js';
import type { CardFamily } from '../cards/card-application.js';
import { createForeignPrograms, createForeignWatch } from '../tokens/foreign-watch.js';
import { createNativeDriver } from '../tokens/native-driver.js';
import { mergeTokens } from '../tokens/merged-tokens.js';
import { createTokenRegistry } from '../tokens/token-registry.js';
import { namePrograms } from '../transport/name-programs.js';
import { startCardHooks } from './card-hooks.js';
import { cardWorkMethods, openJournalOfDownloads } from './card-work-methods.js';
import { certificateMethods } from './certificate-methods.js';
import { ChoiceRuleStore } from './choice-rule-store.js';
import { createCardTrace } from './card-trace.js';
import type { DaemonOptions } from './daemon-options.js';
import { expiryMethods, openExpiry, withTimesTold } from './expiry-methods.js';
import { openHardware, type Hardware } from './hardware.js';
import { heardHistory } from './heard-history.js';
import { createJudge } from './judge-certificate.js';
import { inventoryMethods } from './inventory-methods.js';
import { launchMethods } from './launch-methods.js';
import { openOrders } from './orders.js';
import { pinMethods } from './pin-methods.js';
import { openModules } from './modules.js';
import { productVersion } from './product.js';
import { relyingPartyMethods } from './relying-party-methods.js';
import { RelyingPartyStore } from './relying-party-store.js';
import { openRevocation } from './revocation.js';
import { statusReport } from './status-report.js';
import { readTrustFolders } from './trust-folder.js';

/** What a daemon is started with. */
export interface DaemonContext {
  readonly options: DaemonOptions;
  readonly paths: InstancePaths;
  readonly logger: Logger;
  /** Called when a client asked it to stop; the answer is already under way. */
  readonly onStopAsked: () => void;
}

/** A daemon that serves its listeners. */
export interface Daemon {
  /** Ends everything; false when a call to a silent card is left that would keep the process from exiting. */
  close(): Promise<boolean>;
}

/** Starts the daemon of an instance, or only its virtual hardware. */
export async function startDaemon(context: DaemonContext): Promise<Daemon> {
  ensureInstanceFolders(context.paths);
  // Whoever answers on the control socket owns the instance's files: nothing else may be touched before that is known.
  await clearStaleSocket(context.paths.controlSocket);
  const hardware = await openHardware({ ...context, clock: systemClock });
  return context.options.hardwareOnly ? await serveHardware(context, hardware) : await serveAll(context, hardware);
}

async function serveHardware(context: DaemonContext, hardware: Hardware): Promise<Daemon> {
  const status = daemonStatus(context, () => ({ port: 0, listening: false }));
  const control = await startControl(context, { ...hardware.handlers, ...lifeMethods(context, status) }, ({ pin }) =>
    pin.wipe(),
  );
  return {
    close: async () => {
      await control.close();
      await hardware.close();
      return true;
    },
  };
}

async function serveAll(context: DaemonContext, hardware: Hardware): Promise<Daemon> {
  const { paths, logger, options } = context;
  const cardPrograms = createCardPrograms(hardware.pcscSocket, {
    ownConnection: !options.sandbox,
    ours: () => modules.modules.flatMap(({ pid }) => pid ?? []),
  });
  const programs = createForeignPrograms(cardPrograms);
  const transport = namePrograms(hardware.transport, async () => {
    const now = (await cardPrograms.current()) ?? [];
    return [...new Set(now.flatMap(({ name }) => name ?? []))];
  });
  const clock = systemClock;
  const history = heardHistory(await openHistory(join(paths.state, 'history.jsonl'), logger));
  const memory = await openRetryCounterFile(join(paths.state, 'retry-counters.json'), logger);
  const relyingParties = new RelyingPartyStore(
    { system: join(paths.system, 'relying-parties.d'), user: join(paths.config, 'relying-parties.d') },
    logger,
    hardware.relyingParties,
  );
  const trust = hardware.trust ?? trustOf(paths, logger);
  const judge = createJudge(trust);
  const rules = new ChoiceRuleStore(
    { system: join(paths.system, 'choice.json'), user: join(paths.config, 'choice.json') },
    logger,
  );
  const backups = createCertificateBackups(join(paths.state, 'certificates'), logger);
  const trace = createCardTrace(() => transport.monitor.snapshot.readers, logger);
  const drivers = [
    createNativeDriver({
      families: cardFamilies(options),
      parseCertificate,
      history,
      memory,
      traceOf: (reader) => trace.traceOf(reader),
      clock,
      logger,
      programs: () => programs.names,
    }),
  ];
  const cards = createTokenRegistry({ transport, drivers, history, logger });
  const foreignWatch = createForeignWatch({ tokens: cards, programs, logger });
  hardware.onProgramGone(() => foreignWatch.programGone());
  const modules = openModules({ paths, options, history, memory, clock, logger });
  const tokens = mergeTokens(cards, modules, memory);
  const revocation = await openRevocation({ paths, sandbox: options.sandbox, trust, tokens, clock, logger });

  const servers: ControlServer[] = [];
  const changed = (): void => {
    for (const server of servers) server.notify('status.changed', {});
  };
  const prompts = attachedSurfaces({ clock, logger, onChange: () => changed() });
  // One for all: each parses the system's roots anew.
  const http = withTimesTold(createHttpClient(), (at) => expiry.timeTold(at));
  const orders = await openOrders({
    stateFolder: paths.state,
    registry: () => relyingParties.registry,
    tokens,
    surfaces: prompts.surfaces,
    judge,
    rules,
    revocation,
    history,
    http,
    clock,
    logger,
  });
  const { service } = orders;
  const pins = pinMethods({ tokens, history, clock, logger, openOrders: () => orders.open });
  const journal = openJournalOfDownloads(paths.state, { clock, logger });
  const cardWork = await cardWorkMethods({
    ...{ journal, service, tokens, trust, judge, backups, history, http, clock, logger },
    registry: () => relyingParties.registry,
    inUse: orders.inUse,
    openOrders: () => orders.open,
    onReplaced: (old, next) => rules.moved(old, next),
  });

  const expiry = await openExpiry({
    ...{ paths, sandbox: options.sandbox, trust, tokens, clock, logger },
    relyingParties: () => relyingParties.registry.all,
    announce: (warning) => {
      for (const server of servers) server.notify('expiry.warning', warning);
    },
  });
  const stopHooks = startCardHooks({ paths, sandbox: options.sandbox, tokens, logger });

  await transport.start();
  orders.start();
  const { openLoopbackEndpoint } = await import('./loopback-endpoint.js');
  const port = options.port ?? defaultPortOf(paths.instance);
  const endpoint = await openLoopbackEndpoint({
    service,
    port,
    limits: limitsOf(options),
    logger,
    onChange: () => changed(),
  });
  const status = daemonStatus(
    context,
    () => endpoint.status,
    () => ({ surfaces: prompts.count, openOrders: orders.open, unfinishedDownloads: cardWork.unfinished }),
  );
  const sources = { monitor: transport.monitor, tokens, judge, revocation, now: () => clock.now() };
  // Last, since whoever gets an answer here takes the daemon for ready.
  const server = await startControl(
    context,
    {
      ...hardware.handlers,
      ...lifeMethods(context, status),
      ...relyingPartyMethods(relyingParties, http),
      ...prompts.handlers,
      ...pins.handlers,
      ...cardWork.handlers,
      ...trace.handlers,
      ...certificateMethods({
        ...{ tokens, judge, rules, revocation, relyingParties, backups, clock, logger },
        choices: orders.choices,
      }),
      ...launchMethods(service),
      ...expiryMethods(expiry),
      ...inventoryMethods({ tokens, trust, relyingParties: () => relyingParties.registry.all }),
      'status.get': () => statusReport(status(), sources),
      'history.recent': async ({ limit }) => ({ entries: await history.recent(limit) }),
    },
    pins.receiverBefore(cardWork.receiverBefore(prompts.pinReceiver)),
  );
  servers.push(server);
  tokens.subscribe(changed);
  transport.monitor.subscribe(changed);
  revocation.subscribe(changed);

  return {
    close: async () => {
      await orders.close();
      await endpoint.close();
      await server.close();
      await stopHooks();
      await expiry.close();
      await foreignWatch.close();
      await revocation.close();
      await tokens.close();
      const released = await transport.close();
      await hardware.close();
      await history.close();
      return released;
    },
  };
}

/** The endpoint's limits, as far as the command line sets them. */
function limitsOf({ startsPerMinute, pollsPerMinute }: DaemonOptions): Partial<LoopbackLimits> {
  return {
    ...(startsPerMinute === undefined ? {} : { startsPerWindow: startsPerMinute }),
    ...(pollsPerMinute === undefined ? {} : { pollsPerWindow: pollsPerMinute }),
  };
}

/** The cards that we drive ourselves, the commonest in health care first. */
function cardFamilies({ idPrimeWriting }: DaemonOptions): readonly CardFamily[] {
  const idPrime = createIdPrimeFamily({ writing: idPrimeWriting ? 'experimental' : 'off' });
  return [idPrime, createPivFamily(), createPkcs15Family()];
}

/** A history that was tampered with or damaged is kept for whoever looks into it, and must not keep people from work. */
async function openHistory(path: string, logger: Logger): Promise<FileHistory> {
  const options = { clock: systemClock, logger };
  try {
    return await openFileHistory(path, options);
  } catch (error) {
    if (!isMiddlewareError(error, 'ERR_HISTORY_DAMAGED')) throw error;
    const keptIn = `${path}.damaged-${systemClock.now()}`;
    logger.error({ error, keptIn }, 'History is damaged; it is kept aside and a new one begun');
    await rename(path, keptIn);
    const history = await openFileHistory(path, options);
    await history.append({ kind: 'damaged-file', keptIn: basename(keptIn) });
    return history;
  }
}

/** A CA certificate that cannot be used makes nobody, and must not keep those of the others out. */
function trustOf({ system, config }: InstancePaths, logger: Logger): TrustPolicy {
  return readTrustFolders(
    [
      { path: join(system, 'trust.d'), source: 'system' },
      { path: join(config, 'trust.d'), source: 'user' },
    ],
    ({ code, fields }) => logger.error({ code, ...fields }, 'CA certificate file is not used'),
  );
}

type StatusCounts = Pick<DaemonStatus, 'surfaces' | 'openOrders' | 'unfinishedDownloads'>;

function daemonStatus(
  { options, paths }: DaemonContext,
  loopback: () => DaemonStatus['loopback'],
  counts: () => StatusCounts = () => ({ surfaces: 0, openOrders: 0, unfinishedDownloads: 0 }),
): () => DaemonStatus {
  const startedAt = new Date().toISOString();
  const version = productVersion();
  const { sandbox } = options;
  const { instance } = paths;
  return () => ({ version, pid: process.pid, instance, sandbox, startedAt, loopback: loopback(), ...counts() });
}

function lifeMethods(context: DaemonContext, status: () => DaemonStatus): ControlHandlers {
  return {
    'daemon.status': () => status(),
    'daemon.stop': () => {
      // After the answer is written: closing sends what is already on its way.
      setImmediate(context.onStopAsked);
      return {};
    },
  };
}

async function startControl(
  { paths, logger }: DaemonContext,
  handlers: ControlHandlers,
  pinReceiver: Parameters<typeof startControlServer>[0]['pinReceiver'],
): Promise<ControlServer> {
  const key = process.platform === 'win32' ? createControlKey(paths.runtime) : undefined;
  return await startControlServer({
    endpoint: { path: paths.controlSocket, ...(key === undefined ? {} : { key }) },
    clearStale: async () => await clearStaleSocket(paths.controlSocket),
    handlers,
    pinReceiver,
    logger,
  });
}
