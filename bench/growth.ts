import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Recording } from '../simulator/recording.ts';
import { openDatabase } from '../src/db/open-database.ts';
import { startTestService, type TestService } from '../test/helper/service.ts';
import { warmedUp } from '../test/helper/upload.ts';
import { residentMegabytes } from '../test/hostile/process-usage.ts';
import { fillStore } from './big-store.ts';
import { atMost, type BenchResult, benchTable, median, timed } from './measure.ts';
import { decideAll } from './paper.ts';

const DECISION_CANDLE_MS = 15 * 60_000;
const START = Date.parse('2026-11-26T06:01:00Z');
const PACKAGES = [1, 10, 100, 500];
const SYMBOLS = [1, 5, 20];
const PACKAGES_OF_SYMBOLS = 20;
const CLOSES = 5;
const EXCHANGE_LIMIT_MS = 5000;
const LOADED_AT_ONCE = 20;
/** 500 models do not fit into the default budget: they would be loaded again at each close. */
const ENOUGH_MEMORY = { MODEL_MEMORY_BUDGET_MB: '8192' };

interface Size {
  readonly closeMs: number;
  readonly serviceMb: number;
  readonly modelsMb: number;
}

/** What one more package and one more symbol cost, on SQLite. For nodes see `cluster.ts`. */
export async function benchGrowth(): Promise<BenchResult[]> {
  return [...(await benchPackages()), ...(await benchSymbols())];
}

async function benchPackages(): Promise<BenchResult[]> {
  const sizes = new Map<number, Size>();
  for (const count of PACKAGES) sizes.set(count, await measure(count, 1));
  return PACKAGES.flatMap((count, index) => {
    const size = sizes.get(count)!;
    const smaller = PACKAGES[index - 1];
    const what = `${count} packages`;
    if (smaller === undefined) return [{ what: `${what}: a candle closes`, figure: size.closeMs }];
    const perPackage = (part: keyof Size) => (size[part] - sizes.get(smaller)![part]) / (count - smaller);
    const goal = atMost(15, 'below 15 ms');
    return [
      { what: `${what}: a candle closes`, figure: size.closeMs },
      { what: `${what}: time for each more than ${smaller}`, figure: perPackage('closeMs'), goal },
      { what: `${what}: memory of the service for each`, figure: perPackage('serviceMb'), unit: 'MB' },
      { what: `${what}: memory of its models for each`, figure: perPackage('modelsMb'), unit: 'MB' },
    ];
  });
}

async function benchSymbols(): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  let least: Size | undefined;
  for (const symbols of SYMBOLS) {
    const size = await measure(PACKAGES_OF_SYMBOLS, symbols);
    const what = `${PACKAGES_OF_SYMBOLS} packages on ${symbols} symbols: a candle closes`;
    least ??= size;
    results.push({ what, figure: size.closeMs, baseline: { what: '1 symbol', figure: least.closeMs } });
  }
  return results;
}

async function measure(packages: number, symbols: number): Promise<Size> {
  let now = START;
  const names = Array.from({ length: symbols }, (_, index) => (index === 0 ? 'BTCUSDT' : `S${index}USDT`));
  const changeRecording = (recording: Recording) => names.map((symbol) => ({ ...recording, symbol }));
  const service = await startTestService({ now: () => now, changeRecording, env: ENOUGH_MEMORY });
  try {
    await warmedUp(service.app, 'ppo_v1');
    await service.services.desk.poll({ modelId: 'ppo_v1' });
    const ids = await fillStore(service.config.store, { packages, trades: 0, equityPoints: 0 }, now);
    await spread(service, ids, names);
    // The first candle loads the models. A call waits at most 20 s for the others.
    now += DECISION_CANDLE_MS;
    for (let from = 0; from < packages; from += LOADED_AT_ONCE)
      await decideAll(service, ids.slice(from, from + LOADED_AT_ONCE));
    const times: number[] = [];
    for (let close = 0; close < CLOSES; close += 1) {
      now += DECISION_CANDLE_MS;
      // Candles are minutes apart; the requests of the close before must not count against the exchange's limit.
      if (symbols > 1) await delay(EXCHANGE_LIMIT_MS);
      times.push(await timed(() => decideAll(service, ids)));
    }
    return { closeMs: median(times), ...memoryOf(service) };
  } finally {
    await service.close();
  }
}

/** Lets the accounts of packages trade several symbols. */
async function spread(
  { config }: TestService,
  ids: readonly string[],
  symbols: readonly string[],
): Promise<void> {
  if (symbols.length === 1) return;
  const store = await openDatabase(config.store);
  for (const [index, id] of ids.entries()) {
    const symbol = symbols[index % symbols.length]!;
    await store.updateTable('paper_accounts').set({ symbol }).where('id', '=', `paper_${id}`).execute();
  }
  await store.destroy();
}

/** Resident memory; that of the models is 0 where the system does not tell. */
function memoryOf({ services }: TestService): Pick<Size, 'serviceMb' | 'modelsMb'> {
  const { pid } = services.engine.status();
  return {
    serviceMb: process.memoryUsage().rss / 2 ** 20,
    modelsMb: process.platform === 'linux' && pid !== null ? residentMegabytes(pid) : 0,
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(benchTable(await benchGrowth()));
