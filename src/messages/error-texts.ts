import type { ErrorCode } from '../core/errors.js';

/** What a user reads about one failure: what happened, and what to do now. Templates: see `template.ts`. */
export interface ErrorText {
  readonly sentence: string;
  readonly nextStep: string;
}

/**
 * One entry for every code of these areas (`ERR_<AREA>_<WHAT>`); a missing one does not compile. Fields belong in
 * brackets when they may be absent.
 */
export type ErrorTexts<Area extends string> = Readonly<
  Record<
    Extract<ErrorCode, `ERR_${Area}` | `ERR_${Area}_${string}`>,
    { readonly sv: ErrorText; readonly en: ErrorText }
  >
>;
