import koffi from 'koffi';

// sys/resource.h: RLIMIT_CORE is 4 on Linux and macOS alike; rlim_t has 64 bits.
const RLIMIT_CORE = 4;
/**
 * One byte rather than none: core(5), where Linux pipes cores to a program, only a limit of one keeps it from that; and
 * no core fits into one byte.
 */
const ONE_BYTE = 1n;

/**
 * Keeps this process and its children from leaving core files: a PIN in memory must not end up on a disk. On Windows
 * there is no such limit; error reporting is the administrator's to set there.
 *
 * @returns whether the limit holds.
 */
export function forbidCoreDumps(platform: NodeJS.Platform = process.platform): boolean {
  if (platform === 'win32') return false;
  try {
    const setrlimit = koffi.load(null).func('int setrlimit(int, const void *)') as (
      resource: number,
      limits: BigUint64Array,
    ) => number;
    return setrlimit(RLIMIT_CORE, BigUint64Array.of(ONE_BYTE, ONE_BYTE)) === 0;
  } catch {
    return false;
  }
}
