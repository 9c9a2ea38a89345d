import type { AssuranceLevel } from './certificate.js';
import type { PromptUnfit, ChoiceReason } from './prompt.js';
import type { Purpose } from './relying-party.js';

/**
 * A rule that says which certificates come first. All of what it names must fit for it to apply, and to certificates
 * that fit all of `prefer` it gives the first places. Of several rules that apply, the one for a relying party weighs
 * more than the one for all, and the user's more than the administrator's.
 */
export interface ChoiceRule {
  readonly relyingParty?: string | undefined;
  readonly purpose?: Purpose | undefined;
  readonly prefer: {
    readonly fingerprint?: string | undefined;
    readonly level?: AssuranceLevel | undefined;
    /** RFC 4514. */
    readonly issuer?: string | undefined;
    readonly organization?: string | undefined;
  };
  readonly source: 'system' | 'user';
}

/** One certificate that `kort certificate why` speaks of, in the order in which a login offers them. */
export interface ExplainedCertificate {
  readonly fingerprint: string;
  readonly holder: string;
  readonly organization?: string | undefined;
  readonly issuer: string;
  readonly level?: AssuranceLevel | undefined;
  readonly reader: string;
  readonly cardLabel: string;
  /** ISO 8601, UTC. */
  readonly notAfter: string;
  /** Why it is where it is in the order: `usual`, by holder, card, and how long it is valid; `revoked`, last. */
  readonly placedBy: 'rule-for-party' | 'rule-for-all' | 'usual' | 'revoked';
  /** Present where it does not fit. */
  readonly unfit?: PromptUnfit['reason'] | undefined;
}

/** What a login of a relying party would offer now, and why. */
export interface ChoiceExplanation {
  readonly relyingParty: { readonly clientId: string; readonly name: { readonly sv: string; readonly en: string } };
  readonly purpose: Purpose;
  readonly levels: readonly AssuranceLevel[];
  /** Those that fit, first place first; then those that do not. */
  readonly certificates: readonly ExplainedCertificate[];
  /** The one that would be chosen without a question, and why; absent where the user is asked. */
  readonly chosen?: { readonly fingerprint: string; readonly because: ChoiceReason } | undefined;
  /** The rules that had a say, the weightiest first. */
  readonly rules: readonly ChoiceRule[];
  /** Files with rules that could not be read, so that none of their rules count. */
  readonly brokenFiles: readonly BrokenRuleFile[];
}

/** Why a file with rules counts for nothing, as the fields of ERR_CONFIG_INVALID have it. */
export interface BrokenRuleFile {
  readonly source: ChoiceRule['source'];
  readonly path: string;
  readonly fields: Readonly<Record<string, string | number | boolean>>;
}

/** The rules that count, as they are now. */
export interface ChoiceRules {
  /** The weightiest first: see {@link ChoiceRule}. */
  readonly all: readonly ChoiceRule[];
  readonly brokenFiles: readonly BrokenRuleFile[];
}
