import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { askUntil, startBuiltService, startExchange } from './built-service.ts';
import { atMost, type BenchResult, benchTable, median } from './measure.ts';

const RUNS = 7;

/** The built service from its start to its first answer and its first decision, on a store that has the candles. */
export async function benchStart(): Promise<BenchResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'paperdesk-bench-'));
  const exchange = await startExchange();
  const answers: number[] = [];
  const decisions: number[] = [];
  const bare: number[] = [];
  try {
    // The first start downloads the candles and warms up the default package.
    for (let run = 0; run < RUNS + 1; run++) {
      const service = await startBuiltService(folder, exchange);
      await askUntil<{ as_of: string | null; reason: string | null }>(
        `${service.address}/paper/signal?model_id=ppo_v1`,
        ({ as_of, reason }) => as_of !== null && reason !== 'WARMUP',
      );
      const decided = service.sinceStart();
      await service.close();
      if (run === 0) continue;
      answers.push(service.firstAnswerMs);
      decisions.push(decided);
      bare.push(startOfNode());
    }
  } finally {
    await exchange.close();
    await rm(folder, { recursive: true, force: true });
  }
  const baseline = { what: 'node alone', figure: median(bare) };
  return [
    {
      what: 'cold start to the first answer',
      figure: median(answers),
      baseline,
      goal: atMost(1500, 'under 1.5 s'),
    },
    {
      what: 'cold start to the first decision, warm store',
      figure: median(decisions),
      baseline,
      goal: atMost(3000, 'under 3 s'),
    },
  ];
}

function startOfNode(): number {
  const start = performance.now();
  spawnSync(process.execPath, ['-e', '0']);
  return performance.now() - start;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(benchTable(await benchStart()));
