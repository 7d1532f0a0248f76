import { z } from 'zod';

/**
 * Checks a part of answers that is the same object in many of them, by its schema and only once.
 * @returns the part as it may be sent; the same object as the last time
 * @throws ZodError for a part that is not as its schema says
 */
export function checkedOnce<Schema extends z.ZodType>(
  schema: Schema,
): (part: z.output<Schema> & object) => z.input<Schema> {
  const checked = new WeakMap<object, z.input<Schema>>();
  return (part) => {
    const known = checked.get(part) ?? z.encode(schema, part);
    checked.set(part, known);
    return known;
  };
}
