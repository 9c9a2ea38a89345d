import type { DoctorCode } from '../model/doctor-codes.js';
import type { DoctorCheckName } from '../model/doctor.js';
import type { Language } from './language.js';

/** What was found and what to do about it; of a mere fact, where nothing needs to be done, the next step is empty. */
export interface DoctorText {
  readonly sentence: string;
  readonly nextStep: string;
}

/** The texts of everything that these checks find, by code and language; one without texts does not compile. */
export type DoctorTexts<Check extends DoctorCheckName | 'check'> = Readonly<
  Record<Extract<DoctorCode, `${Check}.${string}`>, Readonly<Record<Language, DoctorText>>>
>;
