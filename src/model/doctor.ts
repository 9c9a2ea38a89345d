/** What a check is about; in this order they are carried out and shown. */
export const doctorCheckNames = [
  'versions',
  'session',
  'daemon',
  'files',
  'settings',
  'pcsc',
  'readers',
  'cards',
  'other-programs',
  'modules',
  'port',
  'links',
  'surfaces',
  'clock',
  'proxy',
  'tls',
  'issuers',
  'history',
] as const;

/** Name of a check. */
export type DoctorCheckName = (typeof doctorCheckNames)[number];

/**
 * How bad a finding is: `fault`, something does not work; `warning`, something will not, or not as it should; `fact`,
 * worth knowing for whoever helps.
 */
export type DoctorSeverity = 'fault' | 'warning' | 'fact';

/** What may stand in a sentence. */
export type DoctorFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** One thing that a check found; `code` has a sentence and a next step in the catalogue. */
export interface DoctorFinding<Code extends string = string> {
  readonly code: Code;
  readonly severity: DoctorSeverity;
  readonly fields: DoctorFields;
}

/** What became of one check; `notTried`, it cannot be carried out here, and the only finding says why. */
export interface DoctorCheckResult {
  readonly check: DoctorCheckName;
  readonly state: 'ok' | 'warning' | 'fault' | 'notTried';
  readonly findings: readonly DoctorFinding[];
  readonly durationMs: number;
}

/** All checks, in their order. */
export interface DoctorReport {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly instance: string;
  readonly checks: readonly DoctorCheckResult[];
}

/** The worst of a check's findings. */
export function stateOfFindings(findings: readonly DoctorFinding[]): DoctorCheckResult['state'] {
  const has = (severity: DoctorSeverity): boolean => findings.some((finding) => finding.severity === severity);
  if (has('fault')) return 'fault';
  return has('warning') ? 'warning' : 'ok';
}
