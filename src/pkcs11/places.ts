/** Where a module may lie. */
export interface ModulePlace {
  readonly name: string;
  readonly path: string;
}
