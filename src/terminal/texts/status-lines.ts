import type {
  DaemonStatus,
  StatusCertificate,
  StatusPin,
  StatusReader,
  StatusReport,
} from '../../control-contract/status.js';
import { errorText } from '../../messages/error-text.js';
import { statusMessages } from '../../messages/status.js';
import { watchMessages } from '../../messages/watch.js';
import { revocationText } from './certificate-texts.js';
import { sandboxInstance, type Look } from '../look.js';
import { screenText } from '../layout/screen-text.js';
import { createStyle } from '../layout/style.js';

/** A status report for people. */
export function statusLines(report: StatusReport, look: Look): readonly string[] {
  const words = statusMessages[look.language];
  const { daemon } = report;
  const readers = report.readers.flatMap((reader) => ['', ...readerLines(reader, look)]);
  return [
    ...daemonLines(daemon, look),
    ...(daemon.openOrders > 0 ? [words.orders(daemon.openOrders)] : []),
    ...unfinishedLines(daemon, look),
    ...skippedLines(daemon, look),
    words.service[report.service],
    ...(report.service === 'available' && report.readers.length === 0 ? [words.noReaders] : readers),
  ];
}

function unfinishedLines(daemon: DaemonStatus, look: Look): readonly string[] {
  const { unfinishedDownloads = 0 } = daemon;
  if (unfinishedDownloads === 0) return [];
  const text = statusMessages[look.language].unfinishedDownloads(unfinishedDownloads, namedInstance(daemon));
  return [createStyle(look.color).warning(text)];
}

function skippedLines(daemon: DaemonStatus, look: Look): readonly string[] {
  const { skippedFiles = 0 } = daemon;
  if (skippedFiles === 0) return [];
  return [
    createStyle(look.color).warning(statusMessages[look.language].skippedFiles(skippedFiles, namedInstance(daemon))),
  ];
}

/** The instance, as an option, unless it is the ordinary one. */
function namedInstance({ instance }: DaemonStatus): string | undefined {
  return instance === 'default' ? undefined : instance;
}

/** What a daemon says of itself, for people. */
export function daemonLines(daemon: DaemonStatus, look: Look): readonly string[] {
  const words = statusMessages[look.language];
  const first = words.daemon(daemon.instance, daemon.version);
  if (isHardwareOnly(daemon)) {
    const named = daemon.instance === sandboxInstance ? undefined : daemon.instance;
    return [first, words.sandbox, words.hardwareOnly(named)];
  }
  return [
    first,
    ...(daemon.sandbox ? [words.sandbox] : []),
    ...loopbackLines(daemon, look),
    words.surfaces(daemon.surfaces, namedInstance(daemon)),
  ];
}

/** A daemon without an endpoint that failed never had one: `--hardware-only`. */
function isHardwareOnly({ sandbox, loopback }: DaemonStatus): boolean {
  return sandbox && !loopback.listening && loopback.problemCode === undefined;
}

function loopbackLines({ loopback }: DaemonStatus, look: Look): readonly string[] {
  const words = statusMessages[look.language];
  const { port, listening, problemCode, owner } = loopback;
  if (listening) return [words.listening(port)];
  const off = createStyle(look.color).warning(words.notListening(port));
  return problemCode === undefined
    ? [off]
    : [off, `  ${screenText(errorText(look.language, problemCode, { port, owner }).sentence)}`];
}

function readerLines(reader: StatusReader, look: Look): readonly string[] {
  const words = statusMessages[look.language];
  return [
    createStyle(look.color).bold(words.reader(screenText(reader.name))),
    ...cardLines(reader, look).map((line) => `  ${line}`),
  ];
}

function cardLines(reader: StatusReader, look: Look): readonly string[] {
  const words = statusMessages[look.language];
  const { skipped, sameAs } = reader;
  if (skipped !== undefined) return [watchMessages[look.language].skipped[skipped]];
  if (sameAs !== undefined) return [screenText(watchMessages[look.language].sameCard(sameAs))];
  if (reader.card === 'absent') return [words.noCard];
  const { token } = reader;
  const sharing =
    reader.sharing === 'exclusive' ? [words.exclusiveCard] : reader.sharing === 'shared' ? [words.sharedCard] : [];
  if (token === undefined) return [problemLine(reader, look), ...sharing];
  return [
    screenText(words.card(token.label, token.product, token.serial)),
    ...token.pins.map((pin) => pinLine(pin, look)),
    ...token.certificates.flatMap((certificate) => certificateLines(certificate, look)),
    ...sharing,
  ];
}

function problemLine(reader: StatusReader, look: Look): string {
  const silent = {
    mute: 'ERR_CARD_MUTE',
    unresponsive: 'ERR_CARD_UNRESPONSIVE',
    present: undefined,
    absent: undefined,
  };
  const code = reader.problem?.code ?? silent[reader.card];
  if (code === undefined) return statusMessages[look.language].reading;
  const { sentence, nextStep } = errorText(look.language, code, reader.problem?.fields ?? {});
  return createStyle(look.color).warning(screenText(`${sentence} ${nextStep}`));
}

function pinLine(pin: StatusPin, look: Look): string {
  const words = statusMessages[look.language];
  const style = createStyle(look.color);
  const attempts = pin.attemptsRemaining;
  const state = pin.blocked
    ? style.warning(words.blocked)
    : attempts === undefined
      ? words.attemptsUnknown
      : attempts === 1
        ? style.warning(words.attempts(attempts))
        : words.attempts(attempts);
  return `${words.pin[pin.role]}: ${state}`;
}

function certificateLines(certificate: StatusCertificate, look: Look): readonly string[] {
  const words = statusMessages[look.language];
  const { holder, organization, level, notAfter, purpose, usable } = certificate;
  const facts = [
    ...(purpose === undefined ? [] : [words.purpose[purpose]]),
    level === undefined ? words.noLevel : words.level(level),
    words.validUntil(notAfter.slice(0, 10)),
    ...(usable ? [] : [words.notUsable]),
  ];
  const name = organization === undefined ? holder : `${holder}, ${organization}`;
  return [screenText(name), `  ${facts.join(' · ')}`, ...revocationLines(certificate, look)];
}

/** That all is well needs no line. */
function revocationLines({ revocation }: StatusCertificate, look: Look): readonly string[] {
  if (revocation?.status !== 'revoked' && revocation?.status !== 'unknown') return [];
  const text = screenText(revocationText(revocation, look.language) ?? '');
  return [`  ${revocation.status === 'revoked' ? createStyle(look.color).warning(text) : text}`];
}
