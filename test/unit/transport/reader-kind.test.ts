import { describe, expect, it } from 'vitest';
import { readerKind, type ReaderKind } from '../../../src/transport/reader-kind.js';

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
