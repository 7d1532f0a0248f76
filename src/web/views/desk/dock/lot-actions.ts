import type { PositionAnswer } from '../../../../http/positions/schema.ts';
import { sendJson } from '../../../data/api.ts';
import { withSegments } from '../../../data/urls.ts';
import { counted, price, signed, usdt } from '../../../format/numbers.ts';

interface ByHand {
  /** Stands in the ledger; may be empty. */
  readonly reason: string;
  /** The same for a request that is sent again. */
  readonly idempotencyKey: string;
}

const reasonOf = (reason: string) => reason.trim() || undefined;

/** Closes a lot or a part of it. @param fraction above 0, 1 for all @throws ApiError */
export async function closeLot(
  id: string,
  fraction: number,
  { reason, idempotencyKey }: ByHand,
): Promise<readonly PositionAnswer[]> {
  const closed = await sendJson<PositionAnswer>(
    'POST',
    withSegments('/paper/position', id, 'close'),
    { reason: reasonOf(reason), ...(fraction < 1 && { fraction }) },
    { headers: { 'idempotency-key': idempotencyKey } },
  );
  return [closed];
}

/** Closes lots of an account; sent again, it closes nothing else. @throws ApiError */
export async function closeLots(
  modelId: string,
  ids: readonly string[],
  reason: string,
): Promise<readonly PositionAnswer[]> {
  const { closed } = await sendJson<{ closed: readonly PositionAnswer[] }>(
    'POST',
    withSegments('/paper/account', modelId, 'close-all'),
    { ids, reason: reasonOf(reason) },
  );
  return closed;
}

interface EditedExits {
  readonly stop_loss: number;
  readonly take_profit: number;
  readonly reason: string;
}

/** Moves stop and target of an open lot. @throws ApiError */
export function editLot(id: string, { reason, ...exits }: EditedExits): Promise<PositionAnswer> {
  return sendJson('POST', withSegments('/paper/position', id, 'edit'), {
    ...exits,
    reason: reasonOf(reason),
  });
}

/** What came of closing lots: `Closed at 91,669.0: −1.20 USDT.` */
export function resultText(closed: readonly PositionAnswer[]): string {
  const result = signed(
    closed.reduce((sum, { realized_pnl_usdt }) => sum + (realized_pnl_usdt ?? 0), 0),
    usdt,
  );
  const [only] = closed;
  return closed.length === 1
    ? `Closed at ${price(only?.exit_price)}: ${result} USDT.`
    : `Closed ${counted(closed.length, 'lot')}: ${result} USDT.`;
}
