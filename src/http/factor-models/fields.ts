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

/** What a prediction uses of a model (factor-models.md#36). */
export const modelUse = {
  trees: z.int().describe('trees of the model'),
  trees_used: z.int().describe('trees that the prediction adds up'),
  iterations: z.int().describe('boosting iterations of the model'),
  best_iteration: z.int().nullable().describe('of early stopping, counted from 0; null where there was none'),
  saved_by: z.string().describe("Booster, or the class of XGBoost's scikit-learn interface"),
};

export const dimFactor = z.object({
  dim: z.int(),
  factor_name: z.string(),
  kendall_tau: nullableNumber,
});
