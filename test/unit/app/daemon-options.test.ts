import { describe, expect, it } from 'vitest';
import { parseDaemonOptions } from '../../../src/app/daemon-options.js';

describe('parseDaemonOptions()', () => {
  it('leaves the limits to the endpoint unless told', () => {
    expect(parseDaemonOptions([])).toMatchObject({ startsPerMinute: undefined, pollsPerMinute: undefined });
    const options = parseDaemonOptions(['--starts-per-minute', '60', '--polls-per-minute', '1200']);
    expect(options).toMatchObject({ startsPerMinute: 60, pollsPerMinute: 1200 });
  });

  it.each(['0', '-1', '1.5', '1e3', '10000000', 'many', ''])('refuses %j for a limit', (text) => {
    expect(() => parseDaemonOptions([`--starts-per-minute=${text}`])).toThrow(
      expect.objectContaining({ code: 'ERR_USAGE' }),
    );
  });

  it.each(['65536', 'x', '-1'])('refuses %j for a port', (text) => {
    expect(() => parseDaemonOptions([`--port=${text}`])).toThrow(expect.objectContaining({ code: 'ERR_USAGE' }));
  });

  it('takes --hardware-only for a sandbox', () => {
    expect(parseDaemonOptions(['--hardware-only'])).toMatchObject({ sandbox: true, hardwareOnly: true });
  });

  it('refuses what is no option', () => {
    expect(() => parseDaemonOptions(['--limits'])).toThrow(expect.objectContaining({ code: 'ERR_USAGE' }));
  });
});
