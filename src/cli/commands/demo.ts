import { demoMessages } from '../../messages/demo.js';
import { writeJson, writeLines, type Command, type CommandContext } from '../context.js';
import type { DemoReport } from '../ports.js';
import { screenText } from '../../terminal/layout/screen-text.js';

/** `kort sandbox demo`: without a terminal, and with `--json`, nobody can type, so the sandbox card's own PIN is used. */
export function demoCommand({ pinStdin }: { readonly pinStdin: boolean }): Command {
  return async (context) => {
    const { ports, json, language } = context;
    const pin = pinStdin ? 'stdin' : json || !ports.hasTerminal() ? 'sandbox' : 'terminal';
    const words = demoMessages[language];
    const sandbox = await ports.sandboxCodes();
    if (pin === 'terminal') writeLines(context, [words.intro, words.pinIs(sandbox.pin)]);
    // The prompt takes the whole screen: what stands above it is not seen while the PIN is typed.
    const bindingMessage = pin === 'terminal' ? words.bindingMessage(sandbox.pin) : undefined;
    const report = await ports.runDemo({ pin, language, bindingMessage });
    if (json) writeJson(context, report);
    else writeLines(context, reportLines(report, context));
    return 0;
  };
}

function reportLines(report: DemoReport, { language }: CommandContext): readonly string[] {
  const words = demoMessages[language];
  const { startMs, userMs, cardMs, verifyMs } = report.times;
  return [
    words.verified,
    `${words.subject}: ${screenText(`${report.holder} (${report.subject})`)}`,
    `${words.level}: ${report.level}`,
    `${words.relyingParty}: ${screenText(`${report.relyingPartyName} (${report.relyingParty})`)}`,
    `${words.commands}: ${report.apduCount}`,
    `${words.time}: ${report.durationMs} ms (${words.split(startMs, userMs, cardMs, verifyMs)})`,
  ];
}
