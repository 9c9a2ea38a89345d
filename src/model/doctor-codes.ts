import type { DoctorFields, DoctorFinding, DoctorSeverity } from './doctor.js';
import { doctorMachineFindings } from './doctor-codes-machine.js';
import { doctorWayOutFindings } from './doctor-codes-way-out.js';

/** How bad a finding is, and which facts it brings along for its sentences. */
export interface DoctorFindingKind {
  readonly severity: DoctorSeverity;
  readonly fields: readonly string[];
}

/** Findings that every check can end with. */
const doctorFrameFindings = {
  'check.failed': { severity: 'warning', fields: ['check', 'detail'] },
  'check.timeout': { severity: 'warning', fields: ['check', 'seconds'] },
} as const satisfies Readonly<Record<string, DoctorFindingKind>>;

/** Every finding of the doctor, `<check>.<what>`: stable, never reused. Each has its sentences in `messages/doctor*.ts`. */
export const doctorFindings = {
  ...doctorFrameFindings,
  ...doctorMachineFindings,
  ...doctorWayOutFindings,
} as const satisfies Readonly<Record<string, DoctorFindingKind>>;

/** One of the stable codes. */
export type DoctorCode = keyof typeof doctorFindings;

/** The facts that a finding may bring along. */
export type DoctorFieldsOf<Code extends DoctorCode> = Readonly<
  Partial<Record<(typeof doctorFindings)[Code]['fields'][number], DoctorFields[string]>>
>;

/** A finding, its severity filled in. */
export function doctorFinding<Code extends DoctorCode>(
  code: Code,
  fields?: DoctorFieldsOf<Code>,
): DoctorFinding<DoctorCode> {
  return { code, severity: doctorFindings[code].severity, fields: fields ?? {} };
}
