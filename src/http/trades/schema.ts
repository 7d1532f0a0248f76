import { z } from 'zod';
import { position } from '../positions/schema.ts';
import { nextCursor } from '../shared/paging.ts';

/** Closed lots. */
export const trades = z.object({ items: z.array(position), next_cursor: nextCursor });

export type TradesAnswer = z.infer<typeof trades>;
