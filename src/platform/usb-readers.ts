import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { UsbReader } from '../model/machine.js';

/** Smart card devices: bInterfaceClass of the USB Device Class Specification for ICCD/CCID 1.1, §4.3. */
const smartCardClass = '0b';

/** Readers on the USB bus; undefined where the system does not tell (Windows and macOS: not tried). */
export async function readUsbReaders(
  sys = '/sys',
  platform: NodeJS.Platform = process.platform,
): Promise<readonly UsbReader[] | undefined> {
  if (platform !== 'linux') return undefined;
  const devices = join(sys, 'bus/usb/devices');
  const interfaces = (await readdir(devices).catch(() => [])).filter((name) => name.includes(':'));
  const found = await Promise.all(interfaces.map(async (name) => await readInterface(devices, name)));
  return found.filter((reader) => reader !== undefined);
}

async function readInterface(devices: string, name: string): Promise<UsbReader | undefined> {
  const text = async (...path: readonly string[]): Promise<string> =>
    (await readFile(join(devices, ...path), 'utf8').catch(() => '')).replaceAll(/\p{C}/gu, '').trim();
  if ((await text(name, 'bInterfaceClass')) !== smartCardClass) return undefined;
  const device = name.replace(/:.*$/, '');
  const [vendor, product, words] = await Promise.all([
    text(device, 'idVendor'),
    text(device, 'idProduct'),
    text(device, 'product'),
  ]);
  const driver = await readlink(join(devices, name, 'driver')).catch(() => undefined);
  const id = `${vendor}:${product}`;
  return { id, name: words === '' ? id : words, ...(driver === undefined ? {} : { driver: basename(driver) }) };
}
