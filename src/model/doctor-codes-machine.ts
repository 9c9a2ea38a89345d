/** What the checks about this machine find: its programs, files, readers and cards. */
export const doctorMachineFindings = {} as const;

/** Code of one of them. */
export type DoctorMachineCode = keyof typeof doctorMachineFindings;
