import { runProgram } from './run-program.js';

/**
 * Shows a sentence to a user whose desktop started us without a terminal; whether that could be done. Windows has no
 * program of its own for it.
 */
export async function showDesktopNotice(
  { title, text }: { readonly title: string; readonly text: string },
  platform: NodeJS.Platform = process.platform,
): Promise<boolean> {
  if (platform === 'win32') return false;
  const [program, ...args] = platform === 'darwin' ? macosNotice(title, text) : linuxNotice(title, text);
  return (await runProgram(program, args)).code === 0;
}

type CommandLine = readonly [string, ...string[]];

/** libnotify-bin. The body is markup (Desktop Notifications Specification 1.2, section "Markup"). */
function linuxNotice(title: string, text: string): CommandLine {
  const body = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return ['notify-send', '--app-name=kort', '--urgency=critical', '--', title, body];
}

/** Not tried. The script reads the sentences as arguments, so that nothing in them is script. */
function macosNotice(title: string, text: string): CommandLine {
  const script = [
    'on run argv',
    'display notification (item 2 of argv) with title (item 1 of argv)',
    'end run',
  ].flatMap((line) => ['-e', line]);
  return ['/usr/bin/osascript', ...script, title, text];
}
