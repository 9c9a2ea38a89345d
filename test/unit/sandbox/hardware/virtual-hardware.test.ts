import { describe, expect, it } from 'vitest';
import { VirtualHardware } from '../../../../src/sandbox/hardware/virtual-hardware.js';
import { fixtureCard } from '../../../support/virtual-card-fixture.js';

const unknown = (kind: string, name: string): unknown =>
  expect.objectContaining({ code: 'ERR_SANDBOX_UNKNOWN', fields: { kind, name } });

function twoReaders(): VirtualHardware {
  const hardware = new VirtualHardware();
  hardware.addReader('left');
  hardware.addReader('right');
  hardware.addCard('tolvan', fixtureCard().card);
  return hardware;
}

describe('VirtualHardware', () => {
  it('moves a card from reader to reader, and shows where it is', () => {
    const hardware = twoReaders();
    hardware.insert('left', 'tolvan');
    expect(hardware.state().cards).toEqual([{ name: 'tolvan', reader: 'left' }]);
    hardware.insert('right', 'tolvan');
    expect(hardware.state().readers.map(({ card }) => card)).toEqual([undefined, 'tolvan']);
    hardware.insert('right', 'tolvan');
    expect(hardware.reader('right').eventCounter).toBe(1);
    expect(hardware.remove('right')).toBe(true);
    expect(hardware.remove('right')).toBe(false);
    expect(hardware.state().cards).toEqual([{ name: 'tolvan', reader: undefined }]);
  });

  it('is plain data for the control socket, faults and counts included', async () => {
    const hardware = twoReaders();
    hardware.insert('left', 'tolvan');
    hardware.armFault('left', { kind: 'silence', apdu: 5 });
    await hardware.reader('left').transmit(Uint8Array.of(0, 0x20, 0, 0x11, 0));
    const [left] = (JSON.parse(JSON.stringify(hardware.state())) as ReturnType<VirtualHardware['state']>).readers;
    expect(left).toEqual({
      name: 'left',
      card: 'tolvan',
      atr: '3b7f96000080318065b0855956fb120ffe829000',
      apduCount: 1,
      faults: [{ kind: 'silence', apdu: 4 }],
    });
    hardware.clearFaults('left');
    expect(hardware.reader('left').faults).toEqual([]);
  });

  it('tells about readers and cards coming and going', () => {
    const hardware = twoReaders();
    let changes = 0;
    const stop = hardware.onChange(() => (changes += 1));
    hardware.addReader('third');
    hardware.insert('third', 'tolvan');
    hardware.removeReader('third');
    expect(changes).toBe(3);
    expect(hardware.state().cards).toEqual([{ name: 'tolvan', reader: undefined }]);
    hardware.removeReader('left');
    expect(changes).toBe(4);
    stop();
    hardware.insert('right', 'tolvan');
    expect(changes).toBe(4);
  });

  it('pulls the card of a reader that is unplugged, also in the middle of a command', async () => {
    const hardware = twoReaders();
    hardware.insert('left', 'tolvan');
    hardware.armFault('left', { kind: 'silence', apdu: 1 });
    const answer = hardware.reader('left').transmit(Uint8Array.of(0, 0x20, 0, 0x11, 0));
    hardware.removeReader('left');
    expect(await answer).toHaveLength(0);
  });

  it('refuses names that it does not know', () => {
    const hardware = twoReaders();
    expect(() => hardware.insert('middle', 'tolvan')).toThrow(unknown('reader', 'middle'));
    expect(() => hardware.insert('left', 'nobody')).toThrow(unknown('card', 'nobody'));
    expect(() => hardware.remove('middle')).toThrow(unknown('reader', 'middle'));
    expect(() => hardware.removeReader('middle')).toThrow(unknown('reader', 'middle'));
    expect(() => hardware.armFault('middle', { kind: 'silence', apdu: 1 })).toThrow(unknown('reader', 'middle'));
  });

  it('has room for 16 readers with names of their own', () => {
    const hardware = new VirtualHardware();
    for (let n = 0; n < 16; n += 1) hardware.addReader(`reader ${n}`);
    const usage = expect.objectContaining({ code: 'ERR_USAGE' });
    expect(() => hardware.addReader('one more')).toThrow(usage);
    hardware.removeReader('reader 3');
    expect(() => hardware.addReader('reader 4')).toThrow(usage);
    expect(() => hardware.addReader('')).toThrow(usage);
    expect(() => hardware.addReader('å'.repeat(64))).toThrow(usage);
    hardware.addReader('reader 3');
    const { card } = fixtureCard();
    hardware.addCard('tolvan', card);
    expect(() => hardware.addCard('tolvan', card)).toThrow(usage);
  });
});
