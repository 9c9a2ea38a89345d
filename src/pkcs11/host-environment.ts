/**
 * Variables that a module's process inherits: where people's folders, languages and services are. Nothing of Node's, so
 * that no option reaches the host program, and nothing that could make the loader pull in other code.
 */
const inherited = [
  'HOME',
  'USER',
  'LOGNAME',
  'PATH',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'TZ',
  'TMPDIR',
  'XDG_RUNTIME_DIR',
  'XDG_CONFIG_HOME',
  'XDG_CACHE_HOME',
  'XDG_DATA_HOME',
  'PCSCLITE_CSOCK_NAME',
  'SystemRoot',
  'SystemDrive',
  'windir',
  'ProgramData',
  'ProgramFiles',
  'APPDATA',
  'LOCALAPPDATA',
  'USERPROFILE',
  'TEMP',
  'TMP',
];

/** The environment of a module's process; what its configuration names wins. */
export function hostEnvironment(
  from: NodeJS.ProcessEnv,
  configured: Readonly<Record<string, string>>,
): Record<string, string> {
  const found = inherited.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]] as const]));
  return { ...Object.fromEntries(found), ...configured };
}
