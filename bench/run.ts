import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { benchFeatures } from './features.ts';
import { benchForecast } from './forecast.ts';
import { benchImport } from './import.ts';
import { benchMarket } from './market.ts';
import { type BenchResult, benchTable } from './measure.ts';

/** `npm run bench [-- --only NAME] [--model FILE.pt] [--torch SCRIPT.py] [--json FILE]`: one table of everything. */
const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    model: { type: 'string' },
    torch: { type: 'string' },
    json: { type: 'string' },
  },
});

const BENCHES: Record<string, () => BenchResult[] | Promise<BenchResult[]>> = {
  features: benchFeatures,
  forecast: () => benchForecast({ model: values.model, torch: values.torch }),
  import: () => benchImport(values.model),
  market: benchMarket,
};

const results: BenchResult[] = [];
for (const [name, bench] of Object.entries(BENCHES)) {
  if (values.only !== undefined && values.only !== name) continue;
  console.error(`measuring ${name} ...`);
  results.push(...(await bench()));
}
if (results.length === 0)
  throw new Error(`There is no bench "${values.only}"; there are ${Object.keys(BENCHES).join(', ')}.`);
console.log(benchTable(results));
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(results, null, 2)}\n`);
