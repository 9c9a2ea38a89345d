import { open } from 'node:fs/promises';
import { endianness } from 'node:os';

/** e_machine and EI_CLASS of elf(5), as people call them. */
const machines: Readonly<Record<number, readonly [on32: string, on64: string]>> = {
  3: ['x86 (32 bit)', 'x86 (32 bit)'],
  40: ['ARM (32 bit)', 'ARM (32 bit)'],
  62: ['x32', 'x86-64'],
  183: ['ARM64 (32 bit)', 'ARM64'],
  243: ['RISC-V (32 bit)', 'RISC-V (64 bit)'],
};

/** What an ELF library is built for; undefined for a file that is none, or cannot be read. */
export async function libraryMachine(path: string): Promise<string | undefined> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const header = Buffer.alloc(20);
    const { bytesRead } = await file.read(header, 0, header.length, 0);
    if (bytesRead < header.length || header.readUInt32BE(0) !== 0x7f454c46) return undefined;
    const isLittle = header[5] === 1;
    const machine = isLittle ? header.readUInt16LE(18) : header.readUInt16BE(18);
    return machines[machine]?.[header[4] === 2 ? 1 : 0] ?? `ELF ${machine}`;
  } finally {
    await file.close();
  }
}

/** What this program's own file is built for; undefined on systems whose libraries are not ELF. */
export async function ownMachine(platform: NodeJS.Platform = process.platform): Promise<string | undefined> {
  return platform === 'linux' && endianness() === 'LE' ? await libraryMachine(process.execPath) : undefined;
}
