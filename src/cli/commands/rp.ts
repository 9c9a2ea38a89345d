import type {
  RelyingPartyDetails,
  RelyingPartyFinding,
  RelyingPartySummary,
  SkippedRelyingPartyFile,
} from '../../control-contract/relying-parties.js';
import { isMiddlewareError, MiddlewareError } from '../../core/errors.js';
import { commandMessages, type CommandMessages } from '../../messages/commands.js';
import { reasonText } from '../../messages/reasons.js';
import { confirmLoss } from '../confirm.js';
import { withClient, writeJson, writeLines, type Command, type CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { nextStepFields } from '../../terminal/look.js';
import { screenText } from '../../terminal/layout/screen-text.js';
import { createStyle } from '../../terminal/layout/style.js';

/** `kort rp add FILE` */
export function rpAddCommand(file: string): Command {
  return async (context) => {
    const entry = await context.ports.readJsonFile(file);
    const added = await withClient(context, (client) => client.request('rp.add', { entry })).catch((error: unknown) => {
      throw withFile(error, file);
    });
    if (context.json) writeJson(context, added);
    else writeLines(context, [screenText(commandMessages[context.language].registered(added.clientId))]);
    return 0;
  };
}

/** The daemon knows the place in the entry; which file that came from is known here. */
function withFile(error: unknown, file: string): unknown {
  if (!isMiddlewareError(error, 'ERR_CONFIG_INVALID')) return error;
  return new MiddlewareError(error.code, error.message, { fields: { ...error.fields, path: file }, cause: error });
}

/** `kort rp list` */
export async function rpListCommand(context: CommandContext): Promise<number> {
  const words = commandMessages[context.language];
  const { relyingParties, skipped = [] } = await withClient(context, (client) => client.request('rp.list', {}));
  if (context.json) writeJson(context, { relyingParties, ...(skipped.length === 0 ? {} : { skipped }) });
  else if (relyingParties.length === 0) writeLines(context, [words.noRelyingParties]);
  else {
    writeLines(
      context,
      relyingParties.map(({ clientId, displayName, ...party }) =>
        screenText(`${clientId}  ${displayName[context.language]}  (${registeredBy(party, words)})`),
      ),
    );
  }
  if (!context.json && skipped.length > 0) await writeSkipped(context, skipped);
  return 0;
}

/** In the doctor's words, loaded only when something is wrong. */
async function writeSkipped(context: CommandContext, skipped: readonly SkippedRelyingPartyFile[]): Promise<void> {
  const { doctorText } = await import('../../messages/doctor.js');
  const style = createStyle(context.color);
  for (const { path, reason, field, detail } of skipped) {
    const finding = {
      code: 'settings.relying-party',
      severity: 'warning',
      fields: { path, reason, field, detail },
    } as const;
    const { sentence, nextStep } = doctorText(context.language, finding, nextStepFields(context));
    writeLines(context, ['', style.warning(screenText(sentence)), screenText(nextStep)]);
  }
}

/** In parentheses behind a name. */
function registeredBy(
  { source, builtIn }: Pick<RelyingPartySummary, 'source' | 'builtIn'>,
  words: CommandMessages,
): string {
  return builtIn === true
    ? words.builtIn
    : `${words.relyingParty.registered.toLowerCase()} ${words.registeredBy[source]}`;
}

/** `kort rp show ID` */
export function rpShowCommand(clientId: string): Command {
  return async (context) => {
    const party = await withClient(context, (client) => client.request('rp.show', { clientId }));
    if (context.json) writeJson(context, party);
    else writeLines(context, detailLines(party, context));
    return 0;
  };
}

/** `kort rp remove ID` */
export function rpRemoveCommand(clientId: string, yes: boolean): Command {
  return async (context) => {
    await confirmLoss(context, (words) => words.rpRemove(clientId), yes);
    await withClient(context, (client) => client.request('rp.remove', { clientId }));
    if (context.json) writeJson(context, { clientId, removed: true });
    else writeLines(context, [screenText(commandMessages[context.language].removed(clientId))]);
    return 0;
  };
}

/** A file is known by its ending `.json`, or by being given as a path from here or from the root. */
const isFile = (target: string): boolean =>
  target.endsWith('.json') || /^(?:\.{1,2}$|\.{0,2}[/\\]|[A-Za-z]:\\)/.test(target);

/** `kort rp check ID|FILE [--live] [--page URL]`: with `pages`, also on the network. Exit status 2 when anything is wrong. */
export function rpCheckCommand(target: string, pages?: readonly string[]): Command {
  return async (context) => {
    const params = isFile(target) ? { entry: await context.ports.readJsonFile(target) } : { clientId: target };
    const live = pages === undefined ? {} : { live: { pages } };
    const { findings } = await withClient(context, (client) => client.request('rp.check', { ...params, ...live }));
    if (context.json) writeJson(context, { findings });
    else
      writeLines(
        context,
        findings.map((finding) => findingLine(finding, context)),
      );
    return findings.every(({ ok }) => ok) ? exitCodes.done : exitCodes.usage;
  };
}

function detailLines(party: RelyingPartyDetails, { language }: CommandContext): readonly string[] {
  const words = commandMessages[language];
  const labels = words.relyingParty;
  const { endpoints } = party;
  const rows: readonly (readonly [string, string])[] = [
    ['client_id', party.clientId],
    [labels.name, `${party.displayName.sv} / ${party.displayName.en}`],
    [labels.registered, party.builtIn === true ? words.builtIn : words.registeredBy[party.source]],
    [labels.origins, party.origins.join(' ')],
    [labels.levels, party.acrValues.join(' ')],
    [labels.issuers, party.issuers.length === 0 ? words.anyIssuer : party.issuers.join('; ')],
    [labels.launchers, party.launchers.join(' ')],
    [labels.purposes, party.purposes.join(' ')],
    [labels.keys, endpoints.keys ?? party.keys.map(({ kid, alg }) => `${kid} (${alg})`).join(' ')],
    ...optional([
      [labels.request, endpoints.request],
      [labels.response, endpoints.response],
      [labels.removal, endpoints.removal],
      [labels.enrollment, endpoints.enrollment && Object.values(endpoints.enrollment).join(' ')],
      [labels.caFile, endpoints.caFile],
      [labels.pins, endpoints.pins.length === 0 ? undefined : endpoints.pins.join(' ')],
      [labels.unbound, party.unbound ? words.yes : undefined],
      [labels.pinForEachDocument, party.pinForEachDocument ? words.yes : undefined],
    ]),
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => screenText(`${label.padEnd(width)}  ${value}`));
}

/** Lines that most entries have no use for. */
const optional = (rows: readonly (readonly [string, string | undefined])[]): readonly (readonly [string, string])[] =>
  rows.flatMap(([label, value]) => (value === undefined ? [] : [[label, value] as const]));

function findingLine(finding: RelyingPartyFinding, { language, color }: CommandContext): string {
  const { check, ok } = finding;
  const detail = reasonText(language, { ...finding }) ?? finding.detail;
  const sign = ok ? 'ok ' : createStyle(color).warning('!! ');
  const name = commandMessages[language].checks[check];
  return `${sign} ${screenText(detail === undefined ? name : `${name}: ${detail}`)}`;
}
