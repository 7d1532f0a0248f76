import type { MarketRepository } from '../market/store/market-repository.ts';
import type { AccountPipeline } from '../trading/account-pipeline.ts';

/** The close of the newest stored decision candle that closed by `time` (ms); null without one. */
export async function closeBefore(
  candles: Pick<MarketRepository['candles'], 'newest'>,
  symbol: string,
  { decisionTimeframe, decisionMs }: Pick<AccountPipeline, 'decisionTimeframe' | 'decisionMs'>,
  time: number,
): Promise<number | null> {
  const [newest] = await candles.newest(symbol, decisionTimeframe, 1, time - decisionMs);
  return newest?.close ?? null;
}
