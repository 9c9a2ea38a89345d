import type { ControlClient } from '../../client/client.js';
import { isMiddlewareError, MiddlewareError, type ErrorFields } from '../../core/errors.js';
import type { DownloadRecord } from '../../model/download.js';

/** Long enough for a daemon that is busy with a card. */
const timeoutMs = 5000;

/** The failure of a download, with the fields `step`, how far it came, and `downloadId`, by which it goes on; or `state`. */
export async function downloadFailure(
  client: ControlClient,
  error: unknown,
  isMeant: (record: DownloadRecord) => boolean,
  begun: boolean,
): Promise<unknown> {
  const record = await client.request('download.list', {}, { timeoutMs }).then(
    ({ downloads }) => downloads.find(isMeant),
    () => (begun ? ('unknown' as const) : undefined),
  );
  if (record === 'unknown') return withState(error, { work: 'download', state: 'unknown' });
  if (record === undefined) return withState(error, { work: 'download', state: 'untouched' });
  return withState(error, { work: 'download', step: record.step, downloadId: record.id });
}

/** The failure of a removal or a restoration, with the field `state`: what is known of the card. */
export async function changeFailure(
  client: ControlClient,
  error: unknown,
  work: 'remove' | 'restore',
  { fingerprint, begun }: { readonly fingerprint: string; readonly begun: boolean },
): Promise<unknown> {
  if (!begun) return withState(error, { work, state: 'untouched' });
  const isListed = await client.request('certificate.list', {}, { timeoutMs }).then(
    ({ certificates }) => certificates.some((one) => one.fingerprint === fingerprint),
    () => false,
  );
  return withState(error, { work, state: work === 'remove' && isListed ? 'kept' : 'unknown' });
}

function withState(error: unknown, fields: ErrorFields): unknown {
  if (!isMiddlewareError(error)) return error;
  const { message, retriable, fields: before } = error;
  // No PIN need have been asked for.
  const code = error.code === 'ERR_PIN_CANCELLED' ? 'ERR_ABORTED' : error.code;
  return new MiddlewareError(code, message, { fields: { ...before, ...fields }, retriable, cause: error });
}
