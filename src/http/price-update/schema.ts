import { z } from 'zod';
import { position } from '../positions/schema.ts';
import { modelId, symbol } from '../shared/fields.ts';

export const priceUpdateRequest = z
  .object({
    model_id: modelId,
    symbol: symbol.optional(),
    price: z.number().positive().optional(),
    current_price: z.number().positive().optional(),
  })
  .refine(({ price, current_price }) => price !== undefined || current_price !== undefined, {
    error: 'needs price or current_price',
  });

export const priceUpdateAnswer = z.object({
  model_id: z.string(),
  symbol: z.string(),
  price: z.number().describe('newest close that the service knows'),
  total_equity: z.number(),
  open_positions: z.array(position),
});
