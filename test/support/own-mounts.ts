/**
 * What comes before a program's name so that it runs with this folder in place of another, which nobody else sees.
 * Root of its namespace at most: who is no root becomes it there, where the system allows that; root needs no user
 * namespace, which no chroot has.
 */
export function withFolderInPlaceOf(folder: string, place: string): readonly string[] {
  const namespaces = process.getuid?.() === 0 ? ['--propagation', 'private'] : ['--map-root-user'];
  return [
    'unshare',
    '--mount',
    ...namespaces,
    '--',
    'sh',
    '-c',
    `mount --bind '${folder}' '${place}' && exec "$@"`,
    'sh',
  ];
}
