import { z } from 'zod';
import type { Shape } from './shape-text.js';

/**
 * JSON Schema (2020-12) of what we write. Members may be added in a later version, so that none is forbidden here; those
 * that stand here stay.
 */
export function jsonSchemaOf(schema: z.ZodType): Shape {
  const { $schema: _version, ...shape } = z.toJSONSchema(schema, {
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
  return shape as Shape;
}
