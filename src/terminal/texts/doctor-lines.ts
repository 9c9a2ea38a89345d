import type { DoctorCheckResult, DoctorFinding, DoctorReport } from '../../model/doctor.js';
import { doctorMessages, doctorText } from '../../messages/doctor.js';
import { marked, type MarkedText } from '../layout/marked-text.js';
import { nextStepFields, type NextStepLook } from '../look.js';

const marks: Readonly<Record<DoctorCheckResult['state'], string>> = {
  ok: '✓',
  warning: '!',
  fault: '✗',
  notTried: '-',
};

/** One check: its state, and each finding with what to do about it. */
export function checkLines(result: DoctorCheckResult, look: NextStepLook): readonly MarkedText[] {
  const words = doctorMessages[look.language];
  const { check, state, findings } = result;
  return [
    marked(`${words.checks[check]}: ${words.states[state]}`, `${marks[state]} `),
    ...findings.flatMap((finding) => findingLines(finding, look)),
  ];
}

function findingLines(finding: DoctorFinding, look: NextStepLook): readonly MarkedText[] {
  const words = doctorMessages[look.language];
  const { sentence, nextStep } = doctorText(look.language, finding, nextStepFields(look));
  const code = finding.severity === 'fact' ? '' : ` (${finding.code})`;
  return [
    marked(`${words.severities[finding.severity]}: ${sentence}${code}`, '    '),
    ...(nextStep === '' ? [] : [marked(`${words.nextStep}: ${nextStep}`, '    ')]),
  ];
}

/** How much was found. */
export function summaryLine({ checks }: Pick<DoctorReport, 'checks'>, { language }: NextStepLook): MarkedText {
  const words = doctorMessages[language];
  const count = (severity: DoctorFinding['severity']): number =>
    checks.flatMap(({ findings }) => findings).filter((finding) => finding.severity === severity).length;
  const [faults, warnings] = [count('fault'), count('warning')];
  return marked(faults + warnings === 0 ? words.healthy : words.summary(faults, warnings));
}
