import { launchMessages } from '../../messages/launch.js';
import { writeJson, writeLines, type CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { screenText } from '../../terminal/layout/screen-text.js';

/** `kort link register`: this program opens `kort:` links, for this user. */
export async function registerLink(context: CommandContext): Promise<number> {
  const registration = await context.ports.linkRegistration(context.instance);
  await registration.register();
  const { command } = registration;
  if (context.json) writeJson(context, { registered: true, command });
  else writeLines(context, [screenText(launchMessages[context.language].registered(command))]);
  return exitCodes.done;
}

/** `kort link unregister` */
export async function unregisterLink(context: CommandContext): Promise<number> {
  const registration = await context.ports.linkRegistration(context.instance);
  await registration.unregister();
  if (context.json) writeJson(context, { registered: false });
  else writeLines(context, [launchMessages[context.language].unregistered]);
  return exitCodes.done;
}

/** `kort link status`: who opens `kort:` links now. Exit status 5 when that is another program, 2 when nobody does. */
export async function linkStatus(context: CommandContext): Promise<number> {
  const registration = await context.ports.linkRegistration(context.instance);
  const handler = await registration.status();
  const words = launchMessages[context.language];
  const howTo = words.howToRegister(registerCommand(context));
  if (context.json) writeJson(context, { handler: handler ?? null });
  else if (handler === undefined) writeLines(context, [words.nobody, howTo]);
  else if (handler.ours) writeLines(context, [screenText(words.ours(handler.command ?? handler.name))]);
  else {
    const program = handler.command === undefined ? [] : [words.otherProgram(handler.command)];
    writeLines(context, [words.other(handler.name), ...program, howTo].map(screenText));
  }
  if (handler === undefined) return exitCodes.usage;
  return handler.ours ? exitCodes.done : exitCodes.refused;
}

function registerCommand({ instance }: CommandContext): string {
  return `kort ${instance === undefined ? '' : `--instance ${instance} `}link register`;
}
