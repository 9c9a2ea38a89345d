/** Where the names of remote desktops show: variables of their sessions, and names of the processes above ours. */
export interface RemoteSigns {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly ancestors: readonly string[];
}

interface RemoteProduct {
  readonly name: string;
  readonly variable?: RegExp;
  /** Value of SESSIONNAME on Windows. */
  readonly session?: RegExp;
  readonly ancestor?: RegExp;
}

/** The more particular first: some are carried by another's server. */
const products: readonly RemoteProduct[] = [
  { name: 'Citrix', variable: /^(CITRIX|ICA)_/, session: /^ICA-/i, ancestor: /^ctx/ },
  { name: 'VMware Horizon', variable: /^ViewClient_/i, ancestor: /^VMwareBlast/ },
  { name: 'xrdp', variable: /^XRDP_/, ancestor: /^xrdp/ },
  { name: 'RDP', session: /^RDP-/i },
  { name: 'X2Go', variable: /^X2GO_SESSION/ },
  { name: 'NoMachine', variable: /^NX_?SESSION_?ID$/, ancestor: /^nxnode/ },
  { name: 'VNC', variable: /^VNCDESKTOP$/, ancestor: /^X(tiger)?vnc$|^vncserver/i },
];

/** The remote desktop that this session belongs to. */
export function remoteProduct({ env, ancestors }: RemoteSigns): string | undefined {
  const variables = Object.keys(env).filter((name) => (env[name] ?? '') !== '');
  const fits = ({ variable, session, ancestor }: RemoteProduct): boolean =>
    variables.some((name) => variable?.test(name) === true) ||
    session?.test(env['SESSIONNAME'] ?? '') === true ||
    ancestors.some((name) => ancestor?.test(name) === true);
  return products.find(fits)?.name;
}

const readerNames: readonly (readonly [name: RegExp, product: string])[] = [
  [/\bcitrix\b|\bICA\b/i, 'Citrix'],
  [/\bvmware\b|\bhorizon\b/i, 'VMware Horizon'],
  [/\bxrdp\b|\bRDP\b|\bterminal server\b/i, 'RDP'],
];

/** What redirects a reader of this name, where the name tells. */
export function redirectedBy(reader: string): string | undefined {
  return readerNames.find(([name]) => name.test(reader))?.[1];
}
