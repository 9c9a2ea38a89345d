import type { DoctorCheckName, DoctorCheckResult, DoctorReport } from '../../model/doctor.js';
import { doctorCheckNames } from '../../model/doctor.js';
import { doctorMessages, doctorText } from '../../messages/doctor.js';
import { writeJson, type Command, type CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { nextStepFields } from '../../terminal/look.js';
import { marked } from '../../terminal/layout/marked-text.js';
import { checkLines, summaryLine } from '../../terminal/texts/doctor-lines.js';
import { writeMarked } from '../write-marked.js';

/** What `kort doctor` is asked for. */
export interface DoctorFlags {
  /** Empty for all. */
  readonly check: readonly DoctorCheckName[];
  readonly report?: string;
  readonly yes?: true;
}

/** `kort doctor`: what is wrong on this machine, and what to do about it. */
export function doctorCommand({ check, report: path, yes }: DoctorFlags): Command {
  return async (context) => {
    const { ports, instance = 'default', json } = context;
    const doctor = await ports.doctor();
    if (path !== undefined) await doctor.refuseReport({ path, overwrite: yes === true });
    const signal = await ports.interrupted();
    const wanted = doctorCheckNames.filter((name) => check.length === 0 || check.includes(name));
    const shown = showInOrder(wanted, context);
    const report = await doctor.examine({ instance, only: wanted, onCheck: shown.onCheck, signal }).finally(shown.end);
    const written =
      path === undefined
        ? undefined
        : await doctor.writeReport({ instance, report, path, overwrite: yes === true, signal });
    if (json) writeJson(context, { ...withTexts(report, context), ...(written === undefined ? {} : { written }) });
    else {
      writeMarked(context, [marked(''), summaryLine(report, context)]);
      if (written !== undefined) writeMarked(context, writtenLines(written, context));
    }
    return exitCodeOf(report);
  };
}

function exitCodeOf({ checks }: DoctorReport): number {
  if (checks.some(({ state }) => state === 'fault')) return exitCodes.faultFound;
  return checks.some(({ state }) => state === 'warning') ? exitCodes.warningFound : exitCodes.done;
}

/** The sentences too, so that whoever collects the documents needs no catalogue. */
function withTexts(report: DoctorReport, context: CommandContext) {
  const checks = report.checks.map((result) => ({
    ...result,
    findings: result.findings.map((finding) => {
      const { sentence, nextStep } = doctorText(context.language, finding, nextStepFields(context));
      return { ...finding, sentence, ...(nextStep === '' ? {} : { nextStep }) };
    }),
  }));
  return { ...report, checks };
}

/** Each check as soon as it is done and those before it are; on a terminal, what is waited for stands in the last row. */
function showInOrder(wanted: readonly DoctorCheckName[], context: CommandContext) {
  const { ports, json, language } = context;
  const done = new Map<DoctorCheckName, DoctorCheckResult>();
  const left = [...wanted];
  const moves = ports.out.isTerminal && ports.env['TERM'] !== 'dumb' && !json;
  const words = doctorMessages[language];
  const wait = (): void => {
    const [next] = left;
    if (moves && next !== undefined)
      ports.out.write(`${words.examining} ${words.checks[next]}`.slice(0, ports.out.columns - 1));
  };
  const clear = (): void => {
    if (moves) ports.out.write('\r\u001B[K');
  };
  wait();
  return {
    onCheck: (result: DoctorCheckResult): void => {
      done.set(result.check, result);
      if (json) return;
      clear();
      for (let next = done.get(left[0] ?? result.check); next !== undefined && left.length > 0;) {
        left.shift();
        writeMarked(context, checkLines(next, context));
        next = left[0] === undefined ? undefined : done.get(left[0]);
      }
      wait();
    },
    end: clear,
  };
}

function writtenLines({ path, files }: { path: string; files: readonly string[] }, { language }: CommandContext) {
  const words = doctorMessages[language];
  return [
    marked(words.written(path)),
    marked(words.writtenHolds(files.join(', '))),
    marked(words.writtenLeavesOut),
    marked(words.howToRead(path)),
  ];
}
