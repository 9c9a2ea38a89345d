import { redacted } from './redact.js';

/** Names of languages and character sets. */
export const localePattern =
  /^(?:C|POSIX|[a-z]{2,3})(?:_[A-Z]{2})?(?:\.(?:UTF-?8|utf-?8|ISO-?8859-\d{1,2}))?(?:@[a-z]{4,5})?$/;
const terminals =
  /^(?:xterm|screen|tmux|linux|vt\d{2,3}|rxvt|dumb|ansi|alacritty|kitty|xterm-kitty|foot|konsole|gnome|cygwin|wezterm|st)(?:-(?:\d{1,3}color|color|direct|unicode|kitty|ghostty|bce)){0,3}$/;
const desktops =
  /^(?:(?:ubuntu|GNOME|KDE|plasma|XFCE|xfce|MATE|mate|X-Cinnamon|cinnamon|LXQt|LXDE|Unity|Budgie|sway|Hyprland|i3|gnome|Flashback|Classic|wayland|x11|xorg)[:-]?){1,4}$/;

/** How the value of a variable is shown: whole where it is one of a kind of word, else only that it is set. */
const shapes: Readonly<Record<string, (value: string) => boolean>> = {
  ...group(localePattern, ['LANG', 'LC_ALL', 'LC_MESSAGES', 'LC_CTYPE', 'LC_TIME', 'KORT_LANG']),
  ...group(terminals, ['TERM']),
  ...group(desktops, ['XDG_CURRENT_DESKTOP', 'DESKTOP_SESSION']),
  ...group(/^(?:tty|x11|wayland|mir|unspecified|truecolor|24bit)$/, ['XDG_SESSION_TYPE', 'COLORTERM']),
  ...group(/^(?:trace|debug|info|warn|error|fatal|silent)$/, ['KORT_LOG']),
  ...group(/^[01]$/, ['KORT_SCREEN_READER', 'NODE_TLS_REJECT_UNAUTHORIZED', 'NO_COLOR']),
  TZ: (value) => shownZone(value) === value,
};
const onlySet: readonly string[] = [
  ...['DISPLAY', 'WAYLAND_DISPLAY', 'DBUS_SESSION_BUS_ADDRESS', 'XDG_RUNTIME_DIR', 'XDG_CONFIG_HOME', 'XDG_STATE_HOME'],
  ...['XDG_DATA_HOME', 'SSH_CONNECTION', 'SSH_TTY', 'TMUX', 'WSL_DISTRO_NAME', 'GPG_TTY', 'PINENTRY_USER_DATA'],
  ...['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'],
  ...['NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'SSLKEYLOGFILE', 'LD_PRELOAD'],
  ...['LD_LIBRARY_PATH', 'PCSCLITE_CSOCK_NAME', 'OPENSC_CONF', 'SOFTHSM2_CONF', 'ICA_CLIENT', 'SESSIONNAME'],
];

function group(pattern: RegExp, names: readonly string[]): typeof shapes {
  return Object.fromEntries(names.map((name) => [name, (value: string) => pattern.test(value)]));
}

/** The name of a time zone that there is. */
export function shownZone(zone: string): string {
  return zone === 'UTC' || Intl.supportedValuesOf('timeZone').includes(zone) ? zone : redacted;
}

/** The variables that matter here, and of their values only what is no word of anybody's own. */
export function shownEnvironment(env: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  const shown = [...Object.keys(shapes), ...onlySet].sort().flatMap((name): [string, string][] => {
    const value = env[name];
    if (value === undefined) return [];
    if (value === '') return [[name, '(empty)']];
    return [[name, shapes[name]?.(value) === true ? value : '(set)']];
  });
  return Object.fromEntries(shown);
}
