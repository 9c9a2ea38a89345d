/** What the system tells about where files belong. */
export interface PathSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly uid: number;
  /** Whether this is a folder of the user with that uid. */
  readonly isOwnFolder: (path: string) => boolean;
}

/** The folders that the instances of one user share, and the administrator's. */
export interface BaseFolders {
  readonly runtime: string;
  readonly state: string;
  readonly config: string;
  readonly system: string;
}
