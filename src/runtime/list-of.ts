import { z } from 'zod';

/**
 * A list that is checked up to its first wrong item. `z.array` makes an error for each, which for millions of them takes a
 * minute and gigabytes.
 * @param most items
 */
export function listOf<Item extends z.ZodType>(item: Item, most: number) {
  return z
    .array(z.unknown())
    .max(most)
    .meta({
      // Made when a document needs it, not at every start.
      get items() {
        const { $schema: _, ...schema } = z.toJSONSchema(item, { io: 'input' });
        return schema;
      },
    })
    .transform((values, context) => {
      const checked: z.output<Item>[] = [];
      for (const [index, value] of values.entries()) {
        const result = item.safeParse(value);
        if (!result.success) {
          const { path, message } = result.error.issues[0]!;
          context.addIssue({ code: 'custom', path: [index, ...path], message });
          return z.NEVER;
        }
        checked.push(result.data);
      }
      return checked;
    });
}
