import { z } from 'zod';

export const MAX_NAME_LENGTH = 100;

export const modelParams = z.object({ model_name: z.string().min(1).max(MAX_NAME_LENGTH) });
export const symbolParams = modelParams.extend({ symbol: z.string().min(1).max(100) });

export const time = z.string().describe('ISO 8601 with +00:00');
export const warnings = z.array(z.string());
const nullableNumber = z.number().nullable();

export const trainDates = {
  train_start_date: z.string().nullable(),
  train_end_date: z.string().nullable(),
};

export const training = {
  train_window_start_ts: nullableNumber,
  train_window_end_ts: nullableNumber,
  ...trainDates,
  train_samples: nullableNumber,
  train_time_sec: nullableNumber,
};

export const dimFactor = z.object({
  dim: z.int(),
  factor_name: z.string(),
  kendall_tau: nullableNumber,
});
