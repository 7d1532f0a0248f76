import { z } from 'zod';
import { account } from '../accounts/schema.ts';
import { mlSignalAnswer } from '../ml-signal/schema.ts';
import { performanceWithForecasts } from '../performance/schema.ts';
import { position } from '../positions/schema.ts';

export const dashboard = z
  .object({
    account,
    ml_signal: mlSignalAnswer
      .nullable()
      .describe('the current signal of the package; null if it cannot give one'),
    open_positions: z.array(position),
    open_positions_count: z.int(),
    available_slots: z.int(),
    recent_trades: z.array(position),
    performance: performanceWithForecasts,
    market_source: z.string(),
  })
  .meta({ id: 'PaperDashboard' });

export type DashboardAnswer = z.infer<typeof dashboard>;
