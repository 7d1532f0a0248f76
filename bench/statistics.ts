import { createAccountPerformances } from '../src/statistics/account-performances.ts';
import type { EquityPoint } from '../src/trading/outcome.ts';
import { account, START } from '../test/helper/paper.ts';
import { seededRandom } from '../test/helper/random.ts';
import { atMost, type BenchResult, median } from './measure.ts';

const ACCOUNTS = 100;
const POINTS = 10_000;
const NEW_CANDLES = 20;
const CANDLE_MS = 15 * 60_000;

/** What a new candle costs the statistics of accounts with long curves, beside the bootstrap and the database. */
export async function benchStatistics(): Promise<BenchResult[]> {
  const curves = new Map<string, EquityPoint[]>();
  const random = seededRandom(1);
  for (let index = 0; index < ACCOUNTS; index += 1) {
    const curve: EquityPoint[] = [];
    while (curve.length < POINTS) append(curve, random);
    curves.set(`paper_${index}`, curve);
  }
  const performances = createAccountPerformances({
    history: {
      async equityAfter(id, _, time, limit) {
        const curve = curves.get(id)!;
        const first = Math.max(0, Math.ceil((time + 1 - START) / CANDLE_MS) - 1);
        return curve.slice(first, first + limit);
      },
      linesAfter: async () => [],
      decisionCounts: async () => ({}) as never,
      epochs: async () => [
        { epoch: 1, initialBalance: 10_000, startedAt: START, endedAt: null, hidden: false },
      ],
    },
    candles: { newest: async () => [] } as never,
    pause: async () => {},
  });
  let revision = 0;
  async function readAll(): Promise<number> {
    revision += 1;
    const start = performance.now();
    for (const id of curves.keys()) {
      const stored = { account: account({}, { id }), symbol: 'BTCUSDT', createdAt: START, revision };
      await performances.read({ stored, price: null });
    }
    return (performance.now() - start) / ACCOUNTS;
  }
  const first = await readAll();
  // The intervals, which have the rest of the time.
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const times: number[] = [];
  for (let candle = 0; candle < NEW_CANDLES; candle += 1) {
    for (const curve of curves.values()) append(curve, random);
    times.push(await readAll());
  }
  return [
    {
      what: `statistics after a new candle, one of ${ACCOUNTS} accounts with ${POINTS} points each`,
      figure: median(times),
      baseline: { what: 'all points read again', figure: first },
      goal: atMost(1, 'at most 1 ms'),
    },
  ];
}

function append(curve: EquityPoint[], random: () => number): void {
  const last = curve.at(-1)?.equity ?? 10_000;
  const equity = last * (1 + (random() - 0.5) / 500);
  const time = START + (curve.length + 1) * CANDLE_MS;
  curve.push({ time, equity, wallet: equity, openLots: 0, openSide: null });
}
