/** Not tried. The script reads the sentences as arguments, so that nothing in them is script. */
export function macosNotice(title: string, text: string): readonly [string, ...string[]] {
  const script = [
    'on run argv',
    'display notification (item 2 of argv) with title (item 1 of argv)',
    'end run',
  ].flatMap((line) => ['-e', line]);
  return ['/usr/bin/osascript', ...script, title, text];
}
