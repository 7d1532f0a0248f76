import type { LiveMarket } from './live-market.ts';
import type { MarketHistory } from './market-history.ts';

/** The symbols that are followed or were asked for, in alphabetical order. */
export function knownSymbols(
  history: Pick<MarketHistory, 'asked'>,
  live: Pick<LiveMarket, 'followed'>,
): string[] {
  return [...new Set([...history.asked(), ...live.followed()])].sort();
}
