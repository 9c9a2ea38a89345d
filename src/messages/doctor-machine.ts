import type { DoctorMachineCode } from '../model/doctor-codes-machine.js';
import type { DoctorText } from './doctor-text.js';
import type { Language } from './language.js';

/** Of the checks about this machine. Templates: see `template.ts`. */
export const doctorMachineMessages: Readonly<Record<DoctorMachineCode, Readonly<Record<Language, DoctorText>>>> = {};
