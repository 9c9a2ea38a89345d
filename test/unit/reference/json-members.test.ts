import { describe, expect, it } from 'vitest';
import { publishedSchemas } from '../../support/published-json.js';

/* What the members of all documents have in common, so that whoever knows one knows the others. */
interface Shape {
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly [keyword: string]: unknown;
}

interface Member {
  readonly name: string;
  readonly shape: Shape;
}

const members = membersIn(publishedSchemas.commands);

function membersIn(value: unknown): readonly Member[] {
  if (typeof value !== 'object' || value === null) return [];
  const { properties = {} } = value as Shape;
  const own = Object.entries(properties).map(([name, shape]) => ({ name, shape }));
  return [...own, ...Object.values(value).flatMap(membersIn)];
}

const named = (name: RegExp): readonly Member[] => {
  const found = members.filter((member) => name.test(member.name));
  expect(found.length).toBeGreaterThan(3);
  return found;
};

/** Members of this name that hold something else. */
const others = (found: readonly Member[], fits: (shape: Shape) => boolean): readonly Member[] =>
  found.filter(({ shape }) => !fits(shape));

describe('members of documents', () => {
  it('have names of ASCII letters and digits, in camel case', () => {
    expect(members.filter(({ name }) => !/^[a-z][a-zA-Z0-9]*$/.test(name))).toEqual([]);
  });

  it('that name a time hold one in ISO 8601 and UTC', () => {
    expect(
      others(named(/^time$|[a-z](At|Until)$|^not(Before|After)$/), ({ format }) => format === 'date-time'),
    ).toEqual([]);
  });

  it('that name a duration hold a number of milliseconds', () => {
    expect(others(named(/Ms$/), ({ type }) => type === 'number' || type === 'integer')).toEqual([]);
  });

  it('that are ids, fingerprints and names of cards hold strings', () => {
    const names =
      /^(id|[a-z]+Id|token|fingerprint|serial|serialNumber|label|cardLabel|cardNumber|reader|holder|clientId)$/;
    expect(others(named(names), ({ type }) => type === 'string')).toEqual([]);
  });

  it('that count tries hold integers', () => {
    expect(others(named(/^attempts|Count$/), ({ type }) => type === 'integer')).toEqual([]);
  });

  it('that say why something is not so hold a code and its facts', () => {
    const problems = named(/^problem$/).filter(({ shape }) => shape['enum'] === undefined);
    expect(others(problems, ({ properties = {} }) => Object.keys(properties).join(' ') === 'code fields')).toEqual([]);
    expect(others(named(/^problemCode$/), ({ type }) => type === 'string')).toEqual([]);
  });

  it('that are levels hold 2 or 3, but for the address of the level in a login', () => {
    const levels = named(/^level$/).map(({ shape }) => JSON.stringify(shape));
    expect([...new Set(levels)].sort()).toEqual([
      '{"anyOf":[{"type":"number","const":2},{"type":"number","const":3}]}',
      '{"type":"string"}',
    ]);
  });
});
