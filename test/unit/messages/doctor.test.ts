import { describe, expect, it } from 'vitest';
import { doctorFindingMessages, doctorMessages, doctorText } from '../../../src/messages/doctor.js';
import { templateFields } from '../../../src/messages/template.js';
import { doctorCheckNames } from '../../../src/model/doctor.js';
import { doctorFindings, type DoctorCode } from '../../../src/model/doctor-codes.js';

const codes = Object.keys(doctorFindings) as readonly DoctorCode[];
/** What next steps may name besides the facts of a finding. */
const places: readonly string[] = ['group', 'groupInstance', 'instance'];

describe('findings of the doctor', () => {
  it.each(codes)('%s has a sentence and, unless it is a mere fact, a next step in both languages', (code) => {
    for (const language of ['sv', 'en'] as const) {
      const { sentence, nextStep } = doctorFindingMessages[code][language];
      expect(sentence).toMatch(/^[A-ZÅÄÖ{kp].*[.!?\]]$/s);
      if (doctorFindings[code].severity !== 'fact') expect(nextStep).toMatch(/^[A-ZÅÄÖ].*\.$/s);
    }
    expect(doctorFindingMessages[code].sv.sentence).not.toBe(doctorFindingMessages[code].en.sentence);
  });

  it.each(codes)('%s uses the facts that it has, the same ones in both languages', (code) => {
    const { sv, en } = doctorFindingMessages[code];
    const used = templateFields(sv.sentence + sv.nextStep);
    expect(used).toEqual(templateFields(en.sentence + en.nextStep));
    const known: readonly string[] = [...doctorFindings[code].fields, ...places];
    expect(used.filter((field) => !known.includes(field))).toEqual([]);
  });

  it.each(codes)('%s belongs to a check', (code) => {
    const names: readonly string[] = [...doctorCheckNames, 'check'];
    expect(names).toContain(code.split('.')[0]);
  });
});

describe('doctorText()', () => {
  it('says times in the zone of this computer', () => {
    const started = '2026-03-01T12:00:00.000Z';
    const fields = { version: '1.0.0', pid: 7, started };
    const { sentence } = doctorText('en', { code: 'daemon.here', severity: 'fact', fields });
    const hours = String(new Date(started).getHours()).padStart(2, '0');
    expect(sentence).toMatch(new RegExp(`since 2026-0[23]-\\d\\d ${hours}:\\d\\d\\.$`));
  });

  it('says reasons in words, and names the instance in next steps', () => {
    const fields = { host: 'rp.example', service: 'rp', reason: 'dns' };
    const finding = { code: 'issuers.unreachable', severity: 'fault', fields } as const;
    expect(doctorText('sv', finding).sentence).toContain('serverns namn är okänt');
    const place = { instance: 'x' };
    const links = { code: 'links.nobody', severity: 'warning', fields: {} } as const;
    expect(doctorText('en', links, place).nextStep).toBe('Run "kort --instance x link register".');
    expect(doctorText('en', links).nextStep).toBe('Run "kort link register".');
  });

  it('names a code of a newer program', () => {
    expect(doctorText('en', { code: 'new.one', severity: 'fact', fields: {} })).toEqual({
      sentence: 'new.one',
      nextStep: '',
    });
    expect(doctorText('en', { code: 'toString', severity: 'fact', fields: {} }).sentence).toBe('toString');
  });
});

describe('doctorMessages', () => {
  it('names every check in both languages', () => {
    for (const language of ['sv', 'en'] as const) {
      expect(Object.keys(doctorMessages[language].checks)).toEqual([...doctorCheckNames]);
    }
    expect(doctorMessages.sv.summary(1, 1)).toBe('1 fel och 1 varning hittades.');
    expect(doctorMessages.en.summary(2, 1)).toBe('2 faults and 1 warning found.');
  });
});
