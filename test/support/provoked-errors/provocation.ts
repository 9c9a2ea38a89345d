import { isMiddlewareError, type ErrorCode, type ErrorFields } from '../../../src/core/errors.js';

/** Brings an error about by its cause: the product itself throws it, or shows it as a problem, which is given back. */
export type Provocation = () => unknown;

/** One for every code of these areas; a missing one does not compile. */
export type Provocations<Area extends string> = Readonly<
  Record<Extract<ErrorCode, `ERR_${Area}` | `ERR_${Area}_${string}`>, Provocation>
>;

/** An error as it is told to people. */
export interface ToldError {
  readonly code: string;
  readonly fields: ErrorFields;
}

/** What a provocation ends in; a failure when all goes well, or when something goes wrong that has no code. */
export async function provoke(provocation: Provocation): Promise<ToldError> {
  const told = await new Promise((resolve) => resolve(provocation())).catch((error: unknown) => {
    if (isMiddlewareError(error)) return error;
    throw error;
  });
  if (isTold(told)) return { code: told.code, fields: told.fields };
  throw new Error('Nothing went wrong');
}

const isTold = (value: unknown): value is ToldError =>
  typeof value === 'object' && value !== null && 'code' in value && 'fields' in value;
