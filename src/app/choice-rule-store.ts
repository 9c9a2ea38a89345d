import { definedFields, isMiddlewareError } from '../core/errors.js';
import type { Logger } from '../core/ports.js';
import type { BrokenRuleFile, ChoiceRule, ChoiceRules } from '../model/certificate-choice.js';
import type { Purpose } from '../model/relying-party.js';
import { weighRules } from '../operations/choice-rules.js';
import { readChoiceRules, writeChoiceRules } from '../platform/choice-rules-file.js';

/** The administrator's file of rules, and the user's. */
export interface ChoiceRuleFiles {
  readonly system: string;
  readonly user: string;
}

/** A certificate that shall come first. */
export interface Preference {
  readonly fingerprint: string;
  readonly purpose: Purpose;
  /** For all when left out. */
  readonly relyingParty?: string | undefined;
}

/** The rules for choosing on disk; read when the daemon starts, and the user's once more before they are changed. */
export class ChoiceRuleStore implements ChoiceRules {
  readonly #files: ChoiceRuleFiles;
  readonly #logger: Logger;
  readonly #system: readonly ChoiceRule[];
  #user: readonly ChoiceRule[];
  #brokenFiles: readonly BrokenRuleFile[];

  constructor(files: ChoiceRuleFiles, logger: Logger) {
    this.#files = files;
    this.#logger = logger;
    const broken: BrokenRuleFile[] = [];
    const read = (source: ChoiceRule['source']): readonly ChoiceRule[] => {
      try {
        return readChoiceRules(files[source], source);
      } catch (error) {
        if (!isMiddlewareError(error)) throw error;
        logger.warn({ ...error.fields }, 'Rules for choosing are not used');
        broken.push({ source, path: files[source], fields: definedFields(error.fields) });
        return [];
      }
    };
    this.#system = read('system');
    this.#user = read('user');
    this.#brokenFiles = broken;
  }

  get all(): readonly ChoiceRule[] {
    return weighRules([...this.#user, ...this.#system]);
  }

  get brokenFiles(): readonly BrokenRuleFile[] {
    return this.#brokenFiles;
  }

  /**
   * Keeps a preference, in place of an earlier one for the same relying party and purpose.
   *
   * @throws {MiddlewareError} ERR_CONFIG_INVALID: a file that makes no sense is left as it is.
   */
  prefer({ fingerprint, purpose, relyingParty }: Preference): void {
    const preference: ChoiceRule = {
      ...(relyingParty === undefined ? {} : { relyingParty }),
      purpose,
      prefer: { fingerprint },
      source: 'user',
    };
    this.#change((rules) => [
      preference,
      ...rules.filter((rule) => !(isPreferenceFor(rule, relyingParty) && (rule.purpose ?? purpose) === purpose)),
    ]);
  }

  /** Forgets the preferences for one relying party, or those for all; rules of another kind stay. Throws likewise. */
  unprefer(relyingParty: string | undefined): void {
    this.#change((rules) => rules.filter((rule) => !isPreferenceFor(rule, relyingParty)));
  }

  /** A certificate has taken the place of another: the user's preferences go on to it. Never throws. */
  moved(oldFingerprint: string, newFingerprint: string): void {
    try {
      this.#change((rules) =>
        rules.map((rule) =>
          rule.prefer.fingerprint === oldFingerprint
            ? { ...rule, prefer: { ...rule.prefer, fingerprint: newFingerprint } }
            : rule,
        ),
      );
    } catch (error) {
      this.#logger.error({ error }, 'Preference could not go on to a new certificate');
    }
  }

  #change(change: (rules: readonly ChoiceRule[]) => readonly ChoiceRule[]): void {
    const before = readChoiceRules(this.#files.user, 'user');
    const after = change(before);
    if (JSON.stringify(after) !== JSON.stringify(before)) writeChoiceRules(this.#files.user, after);
    this.#user = after;
    this.#brokenFiles = this.#brokenFiles.filter(({ source }) => source !== 'user');
  }
}

/** Whether a rule is such as {@link ChoiceRuleStore.prefer} writes. */
function isPreferenceFor({ relyingParty, prefer }: ChoiceRule, of: string | undefined): boolean {
  const { fingerprint, level, issuer, organization } = prefer;
  const others = [level, issuer, organization];
  return relyingParty === of && fingerprint !== undefined && others.every((value) => value === undefined);
}
