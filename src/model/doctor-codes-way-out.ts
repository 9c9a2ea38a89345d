/** What the checks about the way out find: port, links, clock, proxies, servers; and about the history. */
export const doctorWayOutFindings = {
  'port.taken': { severity: 'fault', fields: ['port', 'owner'] },
} as const;

/** Code of one of them. */
export type DoctorWayOutCode = keyof typeof doctorWayOutFindings;
