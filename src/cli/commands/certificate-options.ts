import type { Command as Parser } from 'commander';
import { certificateHelp, certificateNotes } from '../../messages/help-certificate.js';
import { addNotes } from '../notes.js';
import type { ProgramParts } from '../program-parts.js';
import { usageError } from '../usage-error.js';
import { parseFingerprint, parseName } from '../values.js';
import { removeCertificate, restoreCertificate, type CardWorkSource } from './certificate-change.js';
import { downloadCertificate } from './certificate-download.js';
import {
  explainChoice,
  exportCertificate,
  listBackups,
  listCertificates,
  listInventory,
  preferCertificate,
  showCertificate,
  unpreferCertificate,
} from './certificate.js';

interface SourceFlags {
  readonly pinStdin?: true;
  /** False after `--no-pin-pad`. */
  readonly pinPad: boolean;
  readonly yes?: true;
}

interface DownloadFlags extends SourceFlags {
  readonly issuer?: string;
  readonly card?: string;
  readonly order?: string;
  readonly keepReplaced?: true;
  /** True where no id was given. */
  readonly resume?: string | true;
  readonly discard?: string | true;
  readonly evenIssued?: true;
}

/** `kort certificate …` */
export function addCertificateCommands(program: Parser, parts: ProgramParts): void {
  const certificate = program.command('certificate');
  addReading(certificate, parts);
  addChoice(certificate, parts);
  addChanges(certificate, parts);
  addDownload(certificate, parts);
  addNotes(program, certificateNotes, parts);
}

function addReading(certificate: Parser, parts: ProgramParts): void {
  const { help, usage, choose } = parts;
  const { commands, options } = certificateHelp[parts.language];
  certificate
    .command('list')
    .description(commands.list)
    .action(() => choose(listCertificates));
  withFingerprint(certificate.command('show').description(commands.show), parts).action((fingerprint: string) =>
    choose(showCertificate(fingerprint)),
  );
  withFingerprint(certificate.command('export').description(commands.export), parts)
    .option(`--out <${help.names.file}>`, options.out, (text) => parseName(text, '--out', usage))
    .action((fingerprint: string, { out }: { out?: string }) => choose(exportCertificate(fingerprint, out)));
  certificate
    .command('inventory')
    .description(commands.inventory)
    .action(() => choose(listInventory));
}

function addChoice(certificate: Parser, parts: ProgramParts): void {
  const { help, usage, choose } = parts;
  const { commands, options } = certificateHelp[parts.language];
  const service = `--for <${help.names.clientId}>`;
  const parseService = (text: string): string => parseName(text, '--for', usage);
  withFingerprint(certificate.command('prefer').description(commands.prefer), parts)
    .option(service, options.for, parseService)
    .action((fingerprint: string, flags: { for?: string }) => choose(preferCertificate(fingerprint, flags.for)));
  certificate
    .command('unprefer')
    .description(commands.unprefer)
    .option(service, options.for, parseService)
    .action((flags: { for?: string }) => choose(unpreferCertificate(flags.for)));
  certificate
    .command('why')
    .description(commands.why)
    .requiredOption(service, options.forService, parseService)
    .option('--sign', options.sign)
    .action((flags: { for: string; sign?: true }) =>
      choose(explainChoice(flags.for, flags.sign === true ? 'sign' : 'auth')),
    );
}

function addChanges(certificate: Parser, parts: ProgramParts): void {
  const { choose } = parts;
  const { commands, options } = certificateHelp[parts.language];
  const remove = withFingerprint(certificate.command('remove').description(commands.remove), parts).option(
    '--with-key',
    options.withKey,
  );
  withPinSource(remove, options.pinStdin, parts)
    .option('--yes', options.yes)
    .action((fingerprint: string, flags: SourceFlags & { withKey?: true }) =>
      choose(removeCertificate(fingerprint, flags.withKey === true, sourceOf(flags))),
    );
  const restore = withFingerprint(certificate.command('restore').description(commands.restore), parts);
  withPinSource(restore, options.pinStdin, parts).action((fingerprint: string, flags: SourceFlags) =>
    choose(restoreCertificate(fingerprint, sourceOf({ ...flags, yes: true }))),
  );
  certificate
    .command('backups')
    .description(commands.backups)
    .action(() => choose(listBackups));
}

function addDownload(certificate: Parser, parts: ProgramParts): void {
  const { help, usage, choose } = parts;
  const { commands, options, names } = certificateHelp[parts.language];
  const named = (name: string) => (text: string) => parseName(text, name, usage);
  const download = certificate
    .command('download')
    .description(commands.download)
    .option(`--issuer <${help.names.clientId}>`, options.issuer, named('--issuer'))
    .option(`--card <${help.names.cardOrReader}>`, help.options.card, named('--card'))
    .option(`--order <${names.order}>`, options.order, named('--order'))
    .option('--keep-replaced', options.keepReplaced)
    .option(`--resume [${names.download}]`, options.resume, named('--resume'))
    .option(`--discard [${names.download}]`, options.discard, named('--discard'))
    .option('--even-issued', options.evenIssued);
  withPinSource(download, options.downloadPins, parts)
    .option('--yes', options.yes)
    .action((flags: DownloadFlags) => {
      if (flags.evenIssued === true && flags.discard === undefined) {
        throw usageError(usage.requiredOption('--discard'));
      }
      const { issuer, card, order, keepReplaced, evenIssued } = flags;
      const meant = {
        ...{ issuer, card, order },
        keepReplaced: keepReplaced === true,
        evenIssued: evenIssued === true,
        resume: idOf(flags.resume),
        discard: idOf(flags.discard),
      };
      choose(downloadCertificate(meant, sourceOf(flags)));
    });
}

/** An empty id means the only one that there is. */
const idOf = (flag: string | true | undefined): string | undefined => (flag === true ? '' : flag);

const sourceOf = ({ pinStdin, pinPad, yes }: SourceFlags): CardWorkSource => ({
  pinStdin: pinStdin === true,
  usePinPad: pinPad,
  yes: yes === true,
});

function withPinSource(command: Parser, pinStdin: string, { help }: ProgramParts): Parser {
  return command.option('--pin-stdin', pinStdin).option('--no-pin-pad', help.options.noPinPad);
}

function withFingerprint(command: Parser, { help, usage }: ProgramParts): Parser {
  const { fingerprint } = help.names;
  return command.argument(`<${fingerprint}>`, help.arguments.fingerprint, (text) =>
    parseFingerprint(text, fingerprint, usage),
  );
}
