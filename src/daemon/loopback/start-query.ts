import type { z } from 'zod';
import { isMiddlewareError } from '../../core/errors.js';
import { parseKortLink, type KortLink } from '../../core/kort-link.js';
import { startQuery } from './schemas.js';

/**
 * Reads the query of /start, which is that of a `kort:` link: exactly `client_id` and `ref`, each once, in any order.
 *
 * @returns undefined for anything else; nobody is told what was wrong with it.
 */
export function parseStartQuery(query: string): z.output<typeof startQuery> | undefined {
  const link = linkOf(query);
  const parsed = startQuery.safeParse({ client_id: link?.clientId, ref: link?.ref });
  return parsed.success ? parsed.data : undefined;
}

function linkOf(query: string): KortLink | undefined {
  try {
    return parseKortLink(`kort://start?${query}`);
  } catch (error) {
    if (isMiddlewareError(error, 'ERR_OOB_LINK')) return undefined;
    throw error;
  }
}
