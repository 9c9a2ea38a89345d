/** libnotify-bin. The body is markup (Desktop Notifications Specification 1.2, section "Markup"). */
export function linuxNotice(title: string, text: string): readonly [string, ...string[]] {
  const body = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return ['notify-send', '--app-name=kort', '--urgency=critical', '--', title, body];
}
