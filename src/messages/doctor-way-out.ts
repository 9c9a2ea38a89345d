import type { DoctorWayOutCode } from '../model/doctor-codes-way-out.js';
import type { DoctorText } from './doctor-text.js';
import type { Language } from './language.js';

/** Of the checks about the way out. Templates: see `template.ts`. */
export const doctorWayOutMessages: Readonly<Record<DoctorWayOutCode, Readonly<Record<Language, DoctorText>>>> = {
  'port.taken': {
    sv: { sentence: '', nextStep: '' },
    en: { sentence: '', nextStep: '' },
  },
};
