import type { Command as Parser } from 'commander';
import { doctorHelp, doctorNotes } from '../../messages/help-doctor.js';
import { doctorCheckNames, type DoctorCheckName } from '../../model/doctor.js';
import { addNotes } from '../notes.js';
import type { ProgramParts } from '../program-parts.js';
import { usageError } from '../usage-error.js';
import { parseName } from '../values.js';
import type { DoctorFlags } from './doctor.js';

/** `kort doctor` */
export function addDoctorCommand(program: Parser, parts: ProgramParts): void {
  const { language, help, usage, choose } = parts;
  const { options, names } = doctorHelp[language];
  program
    .command('doctor')
    .option(
      `--check <${names.check}>`,
      options.check,
      (text, before: readonly DoctorCheckName[]) => [...before, checkNamed(text, parts)],
      [],
    )
    .option(`--report <${help.names.file}>`, options.report, (text) => parseName(text, '--report', usage))
    .option('--yes', options.yes)
    .action((flags: DoctorFlags) =>
      choose(async (context) => (await import('./doctor.js')).doctorCommand(flags)(context)),
    );
  addNotes(program, doctorNotes, parts);
}

function checkNamed(text: string, { usage }: ProgramParts): DoctorCheckName {
  const found = doctorCheckNames.find((name) => name === text);
  if (found !== undefined) return found;
  throw usageError(`${usage.invalidValue(text, '--check')}: ${usage.oneOf(doctorCheckNames.join(', '))}`);
}
