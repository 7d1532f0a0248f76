import { PaperdeskError } from '../errors.ts';
import type { MarketHistory } from '../market/sync/market-history.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import type { AccountState } from '../pipeline/account-state.ts';
import type { Decisions } from './decide.ts';

const EMPTY_ACCOUNT: AccountState = { equity: 10_000, lots: [] };

/**
 * Decides once on the newest real candle, for an account of 10,000 USDT without lots (packages.md#22).
 * @throws MODEL_LOAD_FAILED when a number is not finite, and what reading the market and deciding throw
 */
export async function decideForWarmUp(
  { history, decisions }: { history: Pick<MarketHistory, 'window'>; decisions: Pick<Decisions, 'decide'> },
  model: ModelPackage,
): Promise<void> {
  const window = await history.window(model.manifest.symbol, model.pipeline);
  const { invalid } = await decisions.decide(model, window, EMPTY_ACCOUNT, window.close);
  if (invalid?.reason === 'INVALID_FEATURES') {
    throw new PaperdeskError(
      'MODEL_LOAD_FAILED',
      `A first decision on real candles failed. ${invalid.detail}`,
    );
  }
}
