import type { DecisionRowAnswer, PositionAnswer } from '../../../http/accounts/schema.ts';
import type { Book } from './book.ts';
import { type Paged, usePaged } from './use-paged.ts';

const DECISIONS_PAGE = 100;
/** Marks on the chart are of these; a few weeks of a busy account. */
const TRADES_PAGE = 200;

/** The lists that more than one part of the view shows. */
export function useLogs(book: Book): {
  readonly decisions: Paged<DecisionRowAnswer>;
  readonly trades: Paged<PositionAnswer>;
} {
  const decisions = usePaged<DecisionRowAnswer>(
    book.decisions,
    DECISIONS_PAGE,
    ({ as_of }) => as_of,
    book.changes('decision'),
  );
  const trades = usePaged<PositionAnswer>(book.trades, TRADES_PAGE, ({ id }) => id, book.changes('position'));
  return { decisions, trades };
}
