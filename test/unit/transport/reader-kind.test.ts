import { describe, expect, it } from 'vitest';
import { facesOf, readerKind, type ReaderKind } from '../../../src/transport/reader-kind.js';

const names: readonly (readonly [string, ReaderKind])[] = [
  ['Windows Hello for Business 1', 'virtual'],
  ['Windows Hello for Business 0', 'virtual'],
  ['Microsoft Virtual Smart Card 0', 'virtual'],
  ['Microsoft UICC ISO Reader b5a4d0c5 0', 'virtual'],
  ['Virtual PCD 00 00', 'contact'],
  ['Virtual PCD 00 01', 'contact'],
  ['Virtual PCD 3 00 01', 'contact'],
  ['Sandbox Reader 1', 'contact'],
  ['Alcor Micro AU9540 00 00', 'contact'],
  ['Alcor Micro USB Smart Card Reader 0', 'contact'],
  ['Microsoft Usbccid Smartcard Reader (WUDF) 0', 'contact'],
  ['Yubico YubiKey OTP+FIDO+CCID 00 00', 'contact'],
  ['Generic SAMSUNG Reader 00 00', 'contact'],
  ['OMNIKEY CardMan 5x21 0', 'contact'],
  ['OMNIKEY CardMan 5x21-CL 0', 'contactless'],
  ['HID Global OMNIKEY 5422CL Smartcard Reader 0', 'contactless'],
  ['HID Global OMNIKEY 5422 Smartcard Reader [OMNIKEY 5422CL Smartcard Reader] (KX001) 01 00', 'contactless'],
  ['HID Global OMNIKEY 5422 Smartcard Reader [OMNIKEY 5422 Smartcard Reader] (KX001) 00 00', 'contact'],
  ['Identive CLOUD 4700 F Contactless Reader 1', 'contactless'],
  ['Identiv uTrust 4701 F Dual Interface Reader [uTrust 4701 F Contact Reader] (55041) 00 00', 'contact'],
  ['Identiv uTrust 4701 F Dual Interface Reader [uTrust 4701 F Contactless Reader] (55041) 01 00', 'contactless'],
  ['Gemalto Prox-DU [Prox-DU Contactless_09A00795] (09A00795) 00 00', 'contactless'],
  ['Gemalto Prox-DU [Prox-DU Contact_09A00795] (09A00795) 01 00', 'contact'],
  ['Broadcom Corp 58200 [Contacted SmartCard] (0123456789ABCD) 00 00', 'contact'],
  ['Broadcom Corp 58200 [CONTACTLESS SMARTCARD] (0123456789ABCD) 01 00', 'contactless'],
  ['ACS ACR1281 1S Dual Reader ICC 0', 'contact'],
  ['ACS ACR1281 1S Dual Reader PICC 0', 'contactless'],
  ['ACS ACR1281 1S Dual Reader SAM 0', 'sam'],
  ['ACS ACR1281 1S Dual Reader 00 00', 'contact'],
  ['ACS ACR1281 1S Dual Reader 00 01', 'contactless'],
  ['ACS ACR1281 1S Dual Reader 00 02', 'sam'],
  ['ACS ACR1252 1S CL Reader [ACR1252 Reader SAM] 01 00', 'sam'],
  ['SCM Microsystems Inc. SCL3711 00 00', 'contactless'],
  ['Broadcom NFC Smartcard Reader 0', 'contactless'],
  ['', 'contact'],
];

describe('readerKind()', () => {
  it.each(names)('%s is %s', (name, kind) => {
    expect(readerKind(name)).toBe(kind);
  });
});

describe('facesOf()', () => {
  it.each<[string, string]>([
    ['OMNIKEY CardMan 5x21 0', 'OMNIKEY CardMan 5x21-CL 0'],
    ['HID Global OMNIKEY 5422 Smartcard Reader 0', 'HID Global OMNIKEY 5422CL Smartcard Reader 0'],
    [
      'Identiv uTrust 4701 F Dual Interface Reader [uTrust 4701 F Contact Reader] (55041) 00 00',
      'Identiv uTrust 4701 F Dual Interface Reader [uTrust 4701 F Contactless Reader] (55041) 01 00',
    ],
    [
      'Gemalto Prox-DU [Prox-DU Contact_09A00795] (09A00795) 01 00',
      'Gemalto Prox-DU [Prox-DU Contactless_09A00795] (09A00795) 00 00',
    ],
    ['Gemalto Prox-DU Contact_09A00795 0', 'Gemalto Prox-DU Contactless_09A00795 0'],
    ['Identive CLOUD 4700 F Contact Reader 0', 'Identive CLOUD 4700 F Contactless Reader 1'],
    ['ACS ACR1281 1S Dual Reader ICC 0', 'ACS ACR1281 1S Dual Reader PICC 0'],
    ['ACS ACR1281 1S Dual Reader 00 00', 'ACS ACR1281 1S Dual Reader 00 01'],
  ])('%s belongs to %s', (contact, contactless) => {
    const others = ['Virtual PCD 00 00', 'Virtual PCD 00 01', 'ACS ACR1281 1S Dual Reader SAM 0', 'SCL3711 NFC 00 00'];
    expect(facesOf([contactless, ...others, contact])).toEqual([{ contact, contactless }]);
  });

  it('tells two devices of a kind apart by serial', () => {
    const face = (kind: string, serial: string, index: string): string =>
      `Identiv uTrust 4701 F Dual Interface Reader [uTrust 4701 F ${kind} Reader] (${serial}) ${index} 00`;
    const readers = [face('Contact', 'A', '00'), face('Contactless', 'A', '01')];
    const more = [face('Contact', 'B', '02'), face('Contactless', 'B', '03')];
    expect(facesOf([...readers, ...more])).toEqual([
      { contact: readers[0], contactless: readers[1] },
      { contact: more[0], contactless: more[1] },
    ]);
  });

  it('tells them apart by number where Windows gives both faces the same', () => {
    const readers = ['OMNIKEY CardMan 5x21 0', 'OMNIKEY CardMan 5x21 1'];
    const contactless = ['OMNIKEY CardMan 5x21-CL 1', 'OMNIKEY CardMan 5x21-CL 0'];
    expect(facesOf([...readers, ...contactless])).toEqual([
      { contact: 'OMNIKEY CardMan 5x21 0', contactless: 'OMNIKEY CardMan 5x21-CL 0' },
      { contact: 'OMNIKEY CardMan 5x21 1', contactless: 'OMNIKEY CardMan 5x21-CL 1' },
    ]);
  });

  it('pairs nothing where it would be a guess', () => {
    expect(
      facesOf(['X Contact Reader 00 00', 'X Contact Reader 01 00', 'X CL Reader 02 00', 'X CL Reader 03 00']),
    ).toEqual([]);
    expect(facesOf(['Virtual PCD 00 00', 'Virtual PCD 00 01', 'Sandbox Reader 1', 'Sandbox Reader 2'])).toEqual([]);
    expect(facesOf(['Windows Hello for Business 1', 'Broadcom NFC Smartcard Reader 0'])).toEqual([]);
    expect(facesOf([])).toEqual([]);
  });
});
