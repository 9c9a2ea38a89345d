import type { PcscSystem } from './pcsc-system.js';
import { linuxSystem } from './system-linux.js';
import { macosSystem } from './system-macos.js';
import { windowsSystem } from './system-windows.js';

/** The PC/SC implementation of the operating system that we run on. */
export function systemOfPlatform(): PcscSystem {
  if (process.platform === 'win32') return windowsSystem;
  return process.platform === 'darwin' ? macosSystem : linuxSystem;
}
