import type { ErrorFields } from '../core/errors.js';

/** How a `kort:` link ended. `redirectUri` is what the browser shall open, told by the relying party. */
export type LaunchOutcome =
  | { readonly status: 'complete'; readonly redirectUri?: string | undefined }
  | {
      readonly status: 'failed';
      readonly hintCode: string;
      readonly redirectUri?: string | undefined;
      /** More than the hint can say, for the catalogue. */
      readonly problem?: { readonly code: string; readonly fields: ErrorFields } | undefined;
    };

/** Where a `kort:` link is. */
export interface LaunchProgress {
  readonly relyingParty: { readonly sv: string; readonly en: string };
  readonly step: 'fetching' | 'pending' | 'delivering';
  readonly hint?: string | undefined;
}
