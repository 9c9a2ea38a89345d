import { inflateSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  deleteCardCertificate,
  generateCardKey,
  PowerLost,
  readCardFile,
  readCardIndex,
  storeCardCertificate,
  tornExchange,
  type Exchange,
} from '../../../support/idprime-writer.js';
import { selfSigned, type SelfSigned } from '../../../support/self-signed-certificate.js';
import { fixtureCard, pinBlock, SELECT_APPLET, type FixtureCard } from '../../../support/virtual-card-fixture.js';

let extra: SelfSigned;
beforeAll(() => {
  extra = selfSigned('TEST Tretton', 'p256');
});

function withPin(overrides: Parameters<typeof fixtureCard>[0] = {}): FixtureCard {
  const fixture = fixtureCard(overrides);
  fixture.send(SELECT_APPLET);
  expect(fixture.send(`0020001110${pinBlock('1234')}`)).toBe('9000');
  return fixture;
}

const added = (keyReference?: number) => ({
  container: 3,
  der: extra.der,
  keyBits: 256,
  ...(keyReference !== undefined && { keyReference }),
});

/** Every file that the index names is there, as long as the index says. */
function expectReadable(fixture: FixtureCard): void {
  fixture.send(SELECT_APPLET);
  for (const { fid, size } of readCardIndex(fixture.exchange)) {
    expect(readCardFile(fixture.exchange, fid), fid).toHaveLength(size);
  }
}

describe('a certificate written by a host', () => {
  it.each([
    ['md840', 0xfa, undefined],
    ['940', 0x59, 0x59],
  ] as const)('is found as one that was there from the start (%s)', (model, reference, inKeyMap) => {
    const fixture = withPin({ model });
    generateCardKey(fixture.exchange, reference, '11');
    const fid = storeCardCertificate(fixture.exchange, added(inKeyMap));
    fixture.card.reset();
    expectReadable(fixture);
    expect(readCardIndex(fixture.exchange).at(-1)).toMatchObject({ fid, name: 'kxc03', directory: 'mscp' });
    const content = readCardFile(fixture.exchange, fid);
    expect(inflateSync(content.subarray(4)).equals(extra.der)).toBe(true);
    expect(readCardFile(fixture.exchange, '0202').toString('hex')).toBe('000001000100');
    expect(readCardFile(fixture.exchange, '0204').toString('hex', 3 * 86 + 80, 4 * 86)).toBe('010000000001');
    expect(fixture.state().keys.at(-1)?.reference).toBe(reference);
  });

  it('goes again, and its space comes back', () => {
    const fixture = withPin({ model: 'md840' });
    const before = fixture.state();
    storeCardCertificate(fixture.exchange, added());
    deleteCardCertificate(fixture.exchange, 3);
    expectReadable(fixture);
    expect(fixture.state().files.map(({ fid }) => fid)).toEqual(before.files.map(({ fid }) => fid));
    expect(readCardFile(fixture.exchange, '0202').toString('hex')).toBe('000002000200');
  });

  it('changes nothing of what is the host’s by itself: maps and counters stay', () => {
    const fixture = withPin();
    const files = ['0101', '0005', '0202', '0204'];
    const contents = (): string[] => files.map((fid) => readCardFile(fixture.exchange, fid).toString('hex'));
    const before = contents();
    generateCardKey(fixture.exchange, 0x59, '11');
    fixture.send('00e000000d620b80020010820101830203ff');
    fixture.send(`0024001120${pinBlock('1234')}${pinBlock('4321')}`);
    expect(contents()).toEqual(before);
  });
});

describe('a write torn by lost power', () => {
  function write(exchange: Exchange): void {
    generateCardKey(exchange, 0xfa, '11');
    storeCardCertificate(exchange, added());
  }

  function commandsOfWrite(): number {
    const fixture = withPin({ model: 'md840' });
    let count = 0;
    write((command) => {
      count += 1;
      return fixture.exchange(command);
    });
    return count;
  }

  it('leaves all readable after every command, and can be cleaned up and done again', () => {
    const commands = commandsOfWrite();
    expect(commands).toBeGreaterThan(15);
    for (let cut = 0; cut < commands; cut += 1) {
      const fixture = withPin({ model: 'md840' });
      expect(() => write(tornExchange(fixture.exchange, cut)), String(cut)).toThrow(PowerLost);
      fixture.card.powerOff();
      expectReadable(fixture);
      const listed = readCardIndex(fixture.exchange).map(({ fid }) => parseInt(fid, 16));
      fixture.send(`0020001110${pinBlock('1234')}`);
      const orphan = fixture.state().files.find(({ fid }) => fid > 0x0208 && !listed.includes(fid));
      if (orphan !== undefined)
        expect(fixture.send(`00e4000002${orphan.fid.toString(16).padStart(4, '0')}`)).toBe('9000');
      if (listed.includes(0x0209)) deleteCardCertificate(fixture.exchange, 3);
      expect(fixture.send('00e40000038401fa')).toBe(cut === 0 ? '6a88' : '9000');
      write(fixture.exchange);
      expectReadable(fixture);
      expect(readCardIndex(fixture.exchange), String(cut)).toHaveLength(9);
    }
  });

  it('survives a restart only as far as it was answered', () => {
    const fixture = withPin({ model: 'md840' });
    expect(() => write(tornExchange(fixture.exchange, 1))).toThrow(PowerLost);
    const restarted = fixtureCard({}, { store: fixture.store });
    restarted.send(SELECT_APPLET);
    expect(restarted.send('002241b6068001448401fa')).toBe('9000');
    expect(readCardIndex(restarted.exchange)).toHaveLength(8);
  });
});

describe('a card that refuses writes', () => {
  const generate = '0047000008ac068001118401fa';
  const create = '00e000000d620b8002001082010183020300';
  const update = '00d6000001aa';

  const answers = (fixture: FixtureCard): string[] => {
    fixture.send('00a4080c020202');
    return [update, create, '00e40000020206', generate].map((command) => fixture.exchange(command).sw);
  };

  it('because its file system is full, has room for a key and for no file', () => {
    const fixture = withPin({ model: 'md840', capacity: 'full' });
    expect(answers(fixture).slice(0, 2)).toEqual(['9000', '6a84']);
    const other = withPin({ model: 'md840', capacity: 'full' });
    expect(other.exchange(generate).sw).toBe('9000');
    expect(() => storeCardCertificate(other.exchange, added())).toThrow(expect.objectContaining({ sw: '6a84' }));
    expectReadable(other);
  });

  it('because no container is free, has room for a file and for no key, and no free record in its map', () => {
    const fixture = withPin({ model: 'md840', containers: 3 });
    expect(readCardFile(fixture.exchange, '0204')).toHaveLength(3 * 86);
    expect(answers(fixture)).toEqual(['9000', '9000', '9000', '6a84']);
  });

  it.each([
    ['never', '6982'],
    ['conditions-not-met', '6985'],
  ] as const)('because its profile is read-only (%s), refuses every write and stays usable', (writing, sw) => {
    const fixture = withPin({ model: 'md840', writing });
    const before = fixture.state();
    expect(answers(fixture)).toEqual([sw, sw, sw, sw]);
    expect(fixture.state()).toEqual(before);
    expect(fixture.send('002241b6068001428401f7')).toBe('9000');
    expect(fixture.send(`0024001120${pinBlock('1234')}${pinBlock('4321')}`)).toBe('9000');
  });

  it('never lets anybody write the card identifier', () => {
    const fixture = withPin();
    fixture.send('00a4080c020201');
    expect(fixture.send('00d6000001aa')).toBe('6982');
  });
});

describe('deleteFile() of a key', () => {
  it('takes the key away, and out of the security environment', () => {
    const fixture = withPin();
    fixture.send('002241b606800142840156');
    expect(fixture.send('00e4000003840156')).toBe('9000');
    expect(fixture.send('002a9e9a00')).toBe('6985');
    expect(fixture.send('002241b606800142840156')).toBe('6a88');
    expect(fixture.send('00e4000003840156')).toBe('6a88');
    expect(fixture.send('00e4000003830156')).toBe('6a80');
  });
});
