import { TIMEFRAME_MS } from '../../src/candle.ts';
import { SqliteDatabase } from '../../src/db/sqlite/sqlite-library.ts';
import type { AccountPipeline } from '../../src/trading/account-pipeline.ts';

/** What stands in the store about an account. */
export interface AccountRows {
  readonly id: string;
  readonly wallet: number;
  /** Initial balance and all lines of the ledger of its epoch. */
  readonly ledgerSum: number;
  readonly lines: number;
  readonly lots: number;
  readonly decided: number;
  /** Number of candles without a decision, by reason. */
  readonly reasons: Readonly<Record<string, number>>;
  /** What contradicts the rules, as sentences. */
  readonly faults: readonly string[];
}

/** paper.md#4 */
const TOLERANCE = 1e-8;
/** A candle may have closed while the service was ended. */
const LAST_CANDLES = 2;

/** Reads the live accounts of a store of SQLite that lived until `end` (ms). */
export function readAccounts(file: string, end: number): AccountRows[] {
  const store = new SqliteDatabase(file, { readonly: true });
  try {
    const rows = <Row>(sql: string, ...values: readonly unknown[]) =>
      store.prepare(sql).all(...values) as Row[];
    const accounts = rows<{
      id: string;
      epoch: number;
      wallet: number;
      initial_balance: number;
      pipeline: string;
    }>(
      "select id, epoch, wallet, initial_balance, pipeline from paper_accounts where run = 'live' order by id",
    );
    return accounts.map(({ id, epoch, wallet, initial_balance: initial, pipeline }) => {
      const lines = rows<{ sequence: number; amount: number; wallet_after: number }>(
        'select sequence, amount, wallet_after from paper_ledger where account_id = ? and epoch = ? order by sequence',
        ...[id, epoch],
      );
      const candles = rows<{ as_of: number; decided: 0 | 1; reason: string | null }>(
        'select as_of, decided, reason from paper_decisions where account_id = ? order by as_of',
        id,
      );
      const [{ lots } = { lots: 0 }] = rows<{ lots: number }>(
        'select count(*) as lots from paper_lots where account_id = ?',
        id,
      );
      const ledgerSum = lines.reduce((sum, { amount }) => sum + amount, initial);
      const undecided = candles.filter(({ decided }) => decided === 0);
      const lengthMs = TIMEFRAME_MS[(JSON.parse(pipeline) as AccountPipeline).decisionTimeframe];
      return {
        ...{ id, wallet, ledgerSum, lots, lines: lines.length, decided: candles.length - undecided.length },
        reasons: countBy(undecided.map(({ reason }) => reason ?? 'none')),
        faults: [...ledgerFaults(lines, wallet, ledgerSum), ...candleFaults(candles, lengthMs, end)].map(
          (fault) => `${id}: ${fault}`,
        ),
      };
    });
  } finally {
    store.close();
  }
}

function ledgerFaults(
  lines: readonly { sequence: number; wallet_after: number }[],
  wallet: number,
  sum: number,
): string[] {
  const unordered = lines.findIndex(({ sequence }, index) => sequence !== index + 1);
  return [
    ...(Math.abs(wallet - sum) <= TOLERANCE ? [] : [`the wallet is ${wallet}, the ledger adds up to ${sum}`]),
    ...(unordered < 0 ? [] : [`line ${unordered + 1} of the ledger is missing or there twice`]),
  ];
}

/** Every decision candle has one row, with a decision or a reason. */
function candleFaults(
  candles: readonly { as_of: number; decided: 0 | 1; reason: string | null }[],
  lengthMs: number,
  end: number,
): string[] {
  const first = candles[0]?.as_of;
  if (first === undefined) return ['there is no decision candle'];
  const faults = candles.flatMap(({ as_of, decided, reason }, index) => [
    ...(as_of === first + index * lengthMs ? [] : [`row ${index + 1} is of ${isoTime(as_of)}`]),
    ...(decided === 1 || reason !== null ? [] : [`${isoTime(as_of)} has neither a decision nor a reason`]),
  ]);
  const last = candles.at(-1)!.as_of;
  if (end - last > LAST_CANDLES * lengthMs) faults.push(`its last candle is of ${isoTime(last)}`);
  // One gap moves all later rows.
  return faults.slice(0, 3);
}

function countBy(texts: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const text of texts) counts[text] = (counts[text] ?? 0) + 1;
  return counts;
}

const isoTime = (time: number) => new Date(time).toISOString().slice(0, 16);
