import type { MiddlewareError } from '../../core/errors.js';
import { doctorFinding, type DoctorCode } from '../../model/doctor-codes.js';
import type { DoctorCheck } from '../doctor-check.js';

/** What a file of settings is for. */
export type SettingsKind = 'relying-party' | 'trust' | 'choice' | 'revocation' | 'expiry' | 'user' | 'hook';

/** What {@link settingsCheck} looks at: what each reader of files refuses, in its words. */
export interface SettingsPorts {
  readonly refused: Readonly<Record<SettingsKind, () => Promise<readonly MiddlewareError[]>>>;
}

const kinds: readonly SettingsKind[] = ['relying-party', 'trust', 'choice', 'revocation', 'expiry', 'user', 'hook'];

/** Which files of settings are not used, and why. */
export function settingsCheck({ refused }: SettingsPorts): DoctorCheck {
  return {
    name: 'settings',
    run: async () => {
      const all = await Promise.all(
        kinds.map(async (kind) => (await refused[kind]()).map((error) => toFinding(kind, error))),
      );
      return all.flat();
    },
  };
}

function toFinding(kind: SettingsKind, { fields }: MiddlewareError) {
  const code: DoctorCode = `settings.${kind}`;
  const { path, reason, field } = fields;
  return doctorFinding(code, { path, reason, field });
}
