// Not tried: written from Apple's documentation of CFBundleURLTypes, osacompile(1) and plutil(1), and never run on a Mac.
import { rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { MiddlewareError } from '../core/errors.js';
import type { LinkRegistration } from '../model/link-handler.js';
import { openArguments, registeredName, type LinkProgram } from './link-program.js';
import { runProgram, type ProgramEnd } from './run-program.js';

const lsregister =
  '/System/Library/Frameworks/CoreServices.framework/Frameworks/LaunchServices.framework/Support/lsregister';

/**
 * A small program in the user's Applications. A Mac hands links over as events and not as arguments, so that it is a
 * compiled AppleScript, whose handler starts us with an array of arguments and no shell.
 */
export function macosLinkRegistration(program: LinkProgram, home: string = homedir()): LinkRegistration {
  const bundle = join(home, 'Applications', `${registeredName(program)}.app`);
  const list = join(bundle, 'Contents', 'Info.plist');
  const args = openArguments(program);
  const types = JSON.stringify([{ CFBundleURLName: 'kort', CFBundleURLSchemes: ['kort'] }]);
  const steps: readonly (readonly [string, ...string[]])[] = [
    ['/usr/bin/osacompile', '-o', bundle, ...scriptFor(args).flatMap((line) => ['-e', line])],
    ['/usr/bin/plutil', '-replace', 'CFBundleIdentifier', '-string', `se.kort.${registeredName(program)}`, list],
    ['/usr/bin/plutil', '-replace', 'CFBundleURLTypes', '-json', types, list],
    ['/usr/bin/plutil', '-replace', 'LSUIElement', '-bool', 'true', list],
    [lsregister, '-f', bundle],
  ];
  return {
    command: args.join(' '),
    register: async () => {
      for (const [tool, ...given] of steps) refuseFailure(tool, await runProgram(tool, given));
    },
    unregister: async () => {
      await runProgram(lsregister, ['-u', bundle]);
      rmSync(bundle, { recursive: true, force: true });
    },
    // The application that Launch Services would open a link with.
    status: async () => {
      const script = [
        'use framework "AppKit"',
        'set link to current application\'s NSURL\'s URLWithString:"kort://start"',
        "set found to current application's NSWorkspace's sharedWorkspace()'s URLForApplicationToOpenURL:link",
        'if found is missing value then return ""',
        "return found's |path|() as text",
      ].flatMap((line) => ['-e', line]);
      const { code, output } = await runProgram('/usr/bin/osascript', script);
      const name = output.trim();
      return code !== 0 || name === '' ? undefined : { name, command: undefined, ours: name === bundle };
    },
  };
}

/** The handler of the event GURL. */
function scriptFor([program, ...args]: readonly [string, ...string[]]): readonly string[] {
  return [
    'use framework "Foundation"',
    'use scripting additions',
    'on open location theLink',
    `set theArguments to {${args.map(quoted).join(', ')}, theLink}`,
    `current application's NSTask's launchedTaskWithLaunchPath:${quoted(program)} arguments:theArguments`,
    'end open location',
  ];
}

/** AppleScript Language Guide, "text": a backslash escapes itself and the quotation mark. */
function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}

function refuseFailure(tool: string, { code, output }: ProgramEnd): void {
  if (code === 0) return;
  const detail = `${tool}: ${output.trim()}`;
  throw new MiddlewareError('ERR_LINK_REGISTRATION', 'kort: links could not be registered', { fields: { detail } });
}
