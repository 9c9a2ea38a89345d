/** The part of JSON Schema (2020-12) that our schemas use. */
export interface Shape {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
  readonly allOf?: readonly Shape[];
  readonly items?: Shape | false;
  readonly prefixItems?: readonly Shape[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Shape | boolean;
}

/** A schema as a person reads it: members with what they hold, `?` behind those that may be absent. */
export function shapeText(shape: Shape, indent = ''): string {
  const choices = shape.anyOf ?? shape.oneOf;
  if (choices !== undefined) return unique(choices.map((choice) => shapeText(choice, indent))).join(' | ');
  if (shape.allOf !== undefined) return shape.allOf.map((part) => shapeText(part, indent)).join(' & ');
  if (shape.const !== undefined) return JSON.stringify(shape.const);
  if (shape.enum !== undefined) return shape.enum.map((one) => JSON.stringify(one)).join(' | ');
  if (shape.type === 'array') return arrayText(shape, indent);
  if (shape.type === 'object') return objectText(shape, indent);
  return typeText(shape);
}

function typeText({ type, format }: Shape): string {
  if (type === undefined) return 'anything';
  if (typeof type !== 'string') return type.join(' | ');
  if (format === 'date-time') return 'time';
  return type === 'string' && format !== undefined ? format : type;
}

function arrayText({ items, prefixItems }: Shape, indent: string): string {
  if (prefixItems !== undefined) return `[${prefixItems.map((item) => shapeText(item, indent)).join(', ')}]`;
  if (items === undefined || items === false) return '[]';
  const text = shapeText(items, indent);
  return text.includes(' | ') && !text.startsWith('{') ? `(${text})[]` : `${text}[]`;
}

function objectText({ properties = {}, required = [], additionalProperties }: Shape, indent: string): string {
  const inner = `${indent}  `;
  const rows = Object.entries(properties).map(([name, shape]) => {
    const mark = required.includes(name) ? '' : '?';
    return `${inner}${name}${mark}: ${shapeText(shape, inner)}`;
  });
  if (typeof additionalProperties === 'object') {
    const text = Object.keys(additionalProperties).length === 0 ? 'anything' : shapeText(additionalProperties, inner);
    rows.push(`${inner}[name]: ${text}`);
  }
  return rows.length === 0 ? '{}' : `{\n${rows.join('\n')}\n${indent}}`;
}

const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)];
