import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type BenchResult, benchRecord, benchTable } from './measure.ts';

/** `npm run bench [-- --only NAME] [--model FILE.pt] [--before COMMIT] [--json FILE]`: one table of everything (bench/README.md). */
const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    model: { type: 'string' },
    before: { type: 'string' },
    json: { type: 'string' },
  },
});

/** The benchmarks by name, in the order of the table; each is loaded when it runs. */
const BENCHES: Record<string, () => Promise<BenchResult[]>> = {
  machine: async () => (await import('./machine.ts')).benchMachine(),
  features: async () => (await import('./features.ts')).benchFeatures(),
  forecast: async () => (await import('./forecast.ts')).benchForecast({ model: values.model }),
  import: async () => (await import('./import.ts')).benchImport(values.model),
  market: async () => (await import('./market.ts')).benchMarket(),
  replay: async () => (await import('./replay.ts')).benchReplay(values.model),
  paper: async () => (await import('./paper.ts')).benchPaper(),
  growth: async () => (await import('./growth.ts')).benchGrowth(),
  statistics: async () => (await import('./statistics.ts')).benchStatistics(),
  routes: async () => (await import('./routes.ts')).benchRoutes(),
  'row-objects': async () => (await import('./row-objects.ts')).benchRowObjects(),
  'worker-replays': async () => (await import('./worker-replays.ts')).benchWorkerReplays(),
  cluster: async () => (await import('./cluster.ts')).benchCluster(),
  start: async () => (await import('./start.ts')).benchStart(),
  page: async () => (await import('./page.ts')).benchPage(),
  ...beforeIfAsked(values.before),
};

function beforeIfAsked(commit: string | undefined): Record<string, () => Promise<BenchResult[]>> {
  if (commit === undefined) return {};
  return { before: async () => (await import('./before.ts')).benchBefore(commit) };
}

const names = values.only ?? Object.keys(BENCHES);
const unknown = names.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  console.error(
    `There is no benchmark "${unknown.join(', ')}"; there are ${Object.keys(BENCHES).join(', ')}.`,
  );
  process.exit(1);
}

const results: (BenchResult & { bench: string })[] = [];
for (const name of names) {
  console.error(`measuring ${name} ...`);
  try {
    results.push(...(await BENCHES[name]!()).map((result) => ({ bench: name, ...result })));
  } catch (error) {
    // The other results are useful without it.
    console.error(`${name} failed:`, error);
    process.exitCode = 1;
  }
}
console.log(benchTable(results));
if (values.json !== undefined) {
  const records = results.map((result) => ({ bench: result.bench, ...benchRecord(result) }));
  await writeFile(values.json, `${JSON.stringify(records, null, 2)}\n`);
}
