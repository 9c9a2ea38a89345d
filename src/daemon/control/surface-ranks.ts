import { surfaceKinds, type SurfaceKind } from '../../model/surface.js';
import type { ControlCaller } from './handlers.js';

interface Attached {
  readonly kind: SurfaceKind;
  /** Of two of one kind, the one that was used later comes first. */
  usedAt: number;
}

/** The attached surfaces in their order: one that was told to take the prompts, then by kind, then the one used last. */
export class SurfaceRanks {
  readonly #surfaces = new Map<ControlCaller, Attached>();
  #taker: ControlCaller | undefined;
  #uses = 0;

  get size(): number {
    return this.#surfaces.size;
  }

  get callers(): readonly ControlCaller[] {
    return [...this.#surfaces.keys()];
  }

  has(caller: ControlCaller): boolean {
    return this.#surfaces.has(caller);
  }

  kindOf(caller: ControlCaller | undefined): SurfaceKind | undefined {
    return caller === undefined ? undefined : this.#surfaces.get(caller)?.kind;
  }

  /** False for one that is attached already, whose kind stays. */
  attach(caller: ControlCaller, kind: SurfaceKind): boolean {
    if (this.#surfaces.has(caller)) return false;
    this.#surfaces.set(caller, { kind, usedAt: (this.#uses += 1) });
    return true;
  }

  detach(caller: ControlCaller): boolean {
    if (this.#taker === caller) this.#taker = undefined;
    return this.#surfaces.delete(caller);
  }

  /** The user has answered there. */
  used(caller: ControlCaller): void {
    const surface = this.#surfaces.get(caller);
    if (surface !== undefined) surface.usedAt = this.#uses += 1;
  }

  /** The user wants the prompts there from now on. */
  take(caller: ControlCaller): void {
    this.#taker = caller;
    this.used(caller);
  }

  /** The first of them that is not left out. */
  first(except?: Pick<WeakSet<ControlCaller>, 'has'>): ControlCaller | undefined {
    const taker = this.#taker;
    if (taker !== undefined && except?.has(taker) !== true) return taker;
    const fit = [...this.#surfaces].filter(([caller]) => except?.has(caller) !== true);
    const [best] = fit.toSorted(([, a], [, b]) => rankOf(a) - rankOf(b) || b.usedAt - a.usedAt);
    return best?.[0];
  }
}

const rankOf = ({ kind }: Attached): number => surfaceKinds.indexOf(kind);
