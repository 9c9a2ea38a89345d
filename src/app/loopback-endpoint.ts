import type { DaemonStatus } from '../control-contract/status.js';
import { isMiddlewareError, type MiddlewareError } from '../core/errors.js';
import { systemClock, type Logger } from '../core/ports.js';
import type { LoopbackLimits } from '../daemon/loopback/limits.js';
import { startLoopback, type Loopback } from '../daemon/loopback/start-loopback.js';
import type { OobLaunches, OobService } from '../oob/oob-service.js';
import { createPeerLookup } from '../platform/peer-lookup.js';
import { describePortOwner } from '../platform/peer-lookup-listener.js';
import { chosenLanguage } from './daemon-language.js';
import { productVersion } from './product.js';

/** Between looks at a port that another program had. */
const retryMs = 5000;

/** What a loopback endpoint is opened with. */
export interface EndpointOptions {
  readonly service: OobService & OobLaunches;
  readonly port: number;
  /** Instead of the shipped ones. */
  readonly limits: Partial<LoopbackLimits>;
  readonly logger: Logger;
  /** Called when a port that was taken has become free and is served. */
  readonly onChange: () => void;
}

/** The loopback endpoint of a daemon, served or waiting for its port. */
export interface LoopbackEndpoint {
  readonly status: DaemonStatus['loopback'];
  close(): Promise<void>;
}

/**
 * Serves the endpoint. A taken port does not cost the daemon: cards and control socket go on, the status says who has
 * it, and the endpoint opens when it is free.
 */
export async function openLoopbackEndpoint(options: EndpointOptions): Promise<LoopbackEndpoint> {
  const { port, logger, onChange } = options;
  let loopback: Loopback | undefined;
  let status: DaemonStatus['loopback'] = { port, listening: false };
  let timer: NodeJS.Timeout | undefined;
  let attempt: Promise<void> = Promise.resolve();
  let closed = false;

  const open = async (): Promise<void> => {
    try {
      loopback = await startLoopback(loopbackOptions(options));
      status = { port: loopback.port, listening: true };
      logger.info({ port: loopback.port }, 'Loopback endpoint is up');
    } catch (error) {
      if (!isMiddlewareError(error, 'ERR_OOB_PORT_TAKEN')) throw error;
      if (status.problemCode === undefined) logger.error({ ...error.fields }, 'Loopback port is taken');
      status = takenStatus(port, error);
      if (!closed) timer = setTimeout(retry, retryMs).unref();
    }
  };
  const retry = (): void => {
    attempt = open().then(
      () => (status.listening ? onChange() : undefined),
      (error: unknown) => logger.error({ error }, 'Loopback endpoint failed'),
    );
  };

  await open();
  return {
    get status() {
      return status;
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      await attempt;
      clearTimeout(timer);
      await loopback?.close();
    },
  };
}

function loopbackOptions({ service, port, limits, logger }: EndpointOptions): Parameters<typeof startLoopback>[0] {
  return {
    service,
    launches: service,
    peerLookup: createPeerLookup(),
    port,
    limits,
    logger,
    clock: systemClock,
    version: productVersion(),
    describeOwner: describePortOwner,
    chosenLanguage,
  };
}

function takenStatus(port: number, { code, fields }: MiddlewareError): DaemonStatus['loopback'] {
  const { owner } = fields;
  return { port, listening: false, problemCode: code, ...(typeof owner === 'string' ? { owner } : {}) };
}
