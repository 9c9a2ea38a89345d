import { MiddlewareError } from '../core/errors.js';

/** Lets one piece of card work at a time run on each card. */
export interface CardLocks {
  /** @returns how to let it go. @throws {MiddlewareError} ERR_PIN_OPERATION_RUNNING. */
  hold(token: string): () => void;
}

/** Locks of which none is held. */
export function createCardLocks(): CardLocks {
  const held = new Set<string>();
  return {
    hold(token) {
      if (held.has(token)) {
        throw new MiddlewareError('ERR_PIN_OPERATION_RUNNING', 'Another operation runs on this card');
      }
      held.add(token);
      return () => void held.delete(token);
    },
  };
}
