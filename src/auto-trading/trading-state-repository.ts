import type { Database } from '../db/connection.ts';
import type { TradingState } from '../packages/model-package.ts';

/** How trading by the service goes, in the rows of packages. */
export interface TradingStateRepository {
  /** Does nothing when the package was removed, or is not traded by the service any more. No decision depends on it, so no revision is bumped. */
  store(packageId: string, state: TradingState): Promise<void>;
}

export function createTradingStateRepository(database: Database): TradingStateRepository {
  return {
    async store(packageId, { asOf, problem, problemSince }) {
      await database
        .updateTable('model_packages')
        .set({
          auto_trade_as_of: asOf ?? null,
          auto_trade_problem: problem ?? null,
          auto_trade_problem_since: problemSince ?? null,
        })
        .where('id', '=', packageId)
        .where('auto_trade', '=', 1)
        .execute();
    },
  };
}
