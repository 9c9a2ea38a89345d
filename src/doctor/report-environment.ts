/** How the value of a variable is shown: whole where it is one of a kind of word, else only that it is set. */
const shapes: Readonly<Record<string, RegExp>> = {
  ...group(/^(?:C|POSIX|[a-z]{2,3})(?:_[A-Z]{2})?(?:\.[A-Za-z0-9-]{1,12})?(?:@[a-z]{1,8})?$/, [
    ...['LANG', 'LC_ALL', 'LC_MESSAGES', 'LC_CTYPE', 'LC_TIME', 'LANGUAGE', 'KORT_LANG'],
  ]),
  ...group(/^[a-z]{1,12}(?:-[a-z0-9]{1,12}){0,3}$/, ['TERM', 'COLORTERM', 'XDG_SESSION_TYPE', 'KORT_LOG']),
  ...group(/^[A-Za-z]{1,16}(?:[:-][A-Za-z]{1,16}){0,3}$/, ['XDG_CURRENT_DESKTOP', 'DESKTOP_SESSION', 'TERM_PROGRAM']),
  ...group(/^[01]$/, ['KORT_SCREEN_READER', 'NODE_TLS_REJECT_UNAUTHORIZED', 'WSL_INTEROP', 'NO_COLOR']),
  TZ: /^:?[A-Z][A-Za-z_]{1,14}(?:\/[A-Z][A-Za-z_]{1,20})?$/,
};
const onlySet: readonly string[] = [
  ...['DISPLAY', 'WAYLAND_DISPLAY', 'DBUS_SESSION_BUS_ADDRESS', 'XDG_RUNTIME_DIR', 'XDG_CONFIG_HOME', 'XDG_STATE_HOME'],
  ...['XDG_DATA_HOME', 'SSH_CONNECTION', 'SSH_TTY', 'TMUX', 'WSL_DISTRO_NAME', 'GPG_TTY', 'PINENTRY_USER_DATA'],
  ...['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'],
  ...['NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'SSLKEYLOGFILE', 'LD_PRELOAD'],
  ...['LD_LIBRARY_PATH', 'PCSCLITE_CSOCK_NAME', 'OPENSC_CONF', 'SOFTHSM2_CONF', 'ICA_CLIENT', 'SESSIONNAME'],
];

function group(pattern: RegExp, names: readonly string[]): Readonly<Record<string, RegExp>> {
  return Object.fromEntries(names.map((name) => [name, pattern]));
}

/** The variables that matter here, and of their values only what is no word of anybody's own. */
export function shownEnvironment(env: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  const shown = [...Object.keys(shapes), ...onlySet].sort().flatMap((name): [string, string][] => {
    const value = env[name];
    if (value === undefined) return [];
    if (value === '') return [[name, '(empty)']];
    return [[name, shapes[name]?.test(value) === true ? value : '(set)']];
  });
  return Object.fromEntries(shown);
}
