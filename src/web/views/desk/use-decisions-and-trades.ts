import type { DecisionRowAnswer } from '../../../http/decisions/schema.ts';
import type { TradeAnswer } from '../../../http/positions/schema.ts';
import type { RecordSource } from './record-source.ts';
import { type PagedResource, usePagedList } from './use-paged-list.ts';

const DECISIONS_PAGE = 100;
/** The chart's markers come from these trades: a few weeks of a busy account. */
const TRADES_PAGE = 200;

/** The lists that several panels of the desk share. */
export function useDecisionsAndTrades(source: RecordSource): {
  readonly decisions: PagedResource<DecisionRowAnswer>;
  readonly trades: PagedResource<TradeAnswer>;
} {
  const { decisions, trades, reloadOptions } = source;
  return {
    decisions: usePagedList(decisions, DECISIONS_PAGE, ({ as_of }) => as_of, reloadOptions('decision')),
    trades: usePagedList(trades, TRADES_PAGE, ({ id }) => id, reloadOptions('position')),
  };
}
