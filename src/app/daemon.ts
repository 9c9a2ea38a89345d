import { systemClock, type Logger } from '../core/ports.js';
import { defaultPortOf } from '../platform/instance.js';
import type { InstancePaths } from '../platform/paths.js';
import { ensureInstanceFolders } from '../platform/private-folder.js';
import { clearStaleSocket } from '../platform/stale-socket.js';
import { openCards } from './cards.js';
import { createAnnouncements, startControl } from './control.js';
import { controlMethods, pinReceiverOf } from './control-methods.js';
import { loopbackLimitsOf, type DaemonOptions } from './daemon-options.js';
import { openHardware, type Hardware } from './hardware.js';
import { daemonStatus, lifeMethods } from './life-methods.js';
import { openServices } from './services.js';
import { openStores, skippedFilesOf } from './stores.js';

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
  const { paths, logger, onStopAsked } = context;
  const status = daemonStatus(context, () => ({ port: 0, listening: false }));
  const control = await startControl({
    paths,
    handlers: { ...hardware.handlers, ...lifeMethods(status, onStopAsked) },
    pinReceiver: ({ pin }) => pin.wipe(),
    logger,
  });
  return {
    close: async () => {
      await control.close();
      await hardware.close();
      return true;
    },
  };
}

async function serveAll(context: DaemonContext, hardware: Hardware): Promise<Daemon> {
  const { options, paths, logger, onStopAsked } = context;
  const clock = systemClock;
  const announcements = createAnnouncements();
  const stores = await openStores({ paths, hardware, clock, logger });
  const cards = openCards({ ...stores, options, paths, hardware, clock, logger });
  const services = await openServices({
    ...{ paths, stores, cards, announcements, clock, logger },
    sandbox: options.sandbox,
  });
  const { transport, tokens, foreignWatch } = cards;
  const { prompts, orders, cardWork, expiry, revocation, stopHooks } = services;

  await transport.start();
  orders.start();
  const { openLoopbackEndpoint } = await import('./loopback-endpoint.js');
  const endpoint = await openLoopbackEndpoint({
    service: orders.service,
    port: options.port ?? defaultPortOf(paths.instance),
    limits: loopbackLimitsOf(options),
    logger,
    onChange: () => announcements.changed(),
  });
  const status = daemonStatus(
    context,
    () => endpoint.status,
    () => ({
      ...{ surfaces: prompts.count, openOrders: orders.open, unfinishedDownloads: cardWork.unfinished },
      skippedFiles: skippedFilesOf(stores),
    }),
  );
  // Last, since whoever gets an answer here takes the daemon for ready.
  const control = await startControl({
    paths,
    handlers: {
      ...hardware.handlers,
      ...lifeMethods(status, onStopAsked),
      ...controlMethods({ stores, cards, services, status, clock, logger }),
    },
    pinReceiver: pinReceiverOf(services),
    logger,
  });
  announcements.through(control);
  for (const source of [tokens, transport.monitor, revocation]) source.subscribe(() => announcements.changed());

  return {
    close: async () => {
      await orders.close();
      await endpoint.close();
      await control.close();
      await stopHooks();
      await expiry.close();
      await foreignWatch.close();
      await revocation.close();
      await tokens.close();
      const released = await transport.close();
      await hardware.close();
      await stores.history.close();
      return released;
    },
  };
}
