import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PRODUCTION_SHAPE, writeForecaster, writePolicy } from '../test/helper/make-package.ts';
import { startTestService, type TestService } from '../test/helper/service.ts';
import { warmedUp } from '../test/helper/upload.ts';
import { type BenchResult, benchTable, quantile } from './measure.ts';

const RUNS = 5;
const HEALTH_MS = 10_000;

/**
 * A package of the production size (466 MB) over HTTP, against a plain copy of its file with fsync; memory of the
 * service meanwhile; and how fast `/health` answers while forecasts of it run without pause.
 */
export async function benchImport(model?: string): Promise<BenchResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'paperdesk-bench-'));
  const forecast = model ?? join(folder, 'forecast_model.pt');
  const policy = join(folder, 'ppo_policy.zip');
  if (model === undefined) writeForecaster(forecast, PRODUCTION_SHAPE);
  writePolicy(policy);
  const service = await startTestService();
  try {
    await warmedUp(service.app, 'ppo_v1');
    const address = await service.app.listen({ host: '127.0.0.1', port: 0 });
    const before = privateMegabytes();
    const imports: number[] = [];
    const copies: number[] = [];
    let peak = 0;
    const watch = setInterval(() => {
      peak = Math.max(peak, privateMegabytes());
    }, 20);
    for (let run = 0; run < RUNS; run++) {
      copies.push(await timeOf(() => copyWithSync(forecast, join(folder, 'copy.pt'))));
      imports.push(await upload(address, forecast, policy));
    }
    clearInterval(watch);
    const id = 'production';
    const first = await timeOf(async () => {
      if ((await warmedUp(service.app, id)).warmup_status !== 'DONE') throw new Error('The warm-up failed.');
    });
    const health = await healthWhileForecasting(service, address, id);
    const median = (values: number[]) =>
      quantile(
        values.sort((a, b) => a - b),
        0.5,
      );
    return [
      {
        what: 'import of 466 MB over HTTP (hash, validation, every weight)',
        figure: median(imports),
        baseline: { what: 'plain copy with fsync', figure: median(copies) },
        goal: 'under 5 s; at most 1.5 copies + 1 s',
      },
      {
        what: 'private memory that imports add to the service, at most',
        figure: peak - before,
        unit: 'MB',
        goal: 'flat',
      },
      { what: 'from the last upload to DONE', figure: first },
      { what: '/health while forecasts run, median', figure: health.median },
      { what: '/health while forecasts run, 99 %', figure: health.p99, goal: 'under 20 ms' },
    ];
  } finally {
    await service.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Uploads from a process of its own, so that its memory and its work are not counted as the service's; in ms. */
async function upload(address: string, forecast: string, policy: string): Promise<number> {
  return Number(await clientOutput('upload-client.ts', address, forecast, policy));
}

async function clientOutput(client: string, ...args: string[]): Promise<string> {
  const script = fileURLToPath(new URL(`./${client}`, import.meta.url));
  return (await promisify(execFile)(process.execPath, ['--import', 'tsx', script, ...args])).stdout;
}

async function copyWithSync(from: string, to: string): Promise<void> {
  await copyFile(from, to);
  const handle = await open(to, 'r+');
  await handle.sync();
  await handle.close();
  await rm(to);
}

async function healthWhileForecasting(service: TestService, address: string, id: string) {
  const model = await service.services.registry.get(id);
  const files = {
    id,
    version: model.version,
    forecastPath: model.forecastPath,
    policyPath: model.policyPath,
    heads: 4,
  };
  const window = new Float32Array(512 * 28).fill(0.1);
  let measuring = true;
  const forecasting = (async () => {
    while (measuring) await service.services.engine.forecast(files, window, 1);
  })();
  const output = await clientOutput('health-client.ts', `${address}/health`, String(HEALTH_MS));
  measuring = false;
  await forecasting;
  return JSON.parse(output) as { median: number; p99: number };
}

/** Memory of this process that is not a file's: the service runs in it. */
function privateMegabytes(): number {
  const status = '/proc/self/status';
  if (!existsSync(status)) return process.memoryUsage.rss() / 2 ** 20;
  return Number(/RssAnon:\s+(\d+) kB/.exec(readFileSync(status, 'utf8'))?.[1]) / 1024;
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  console.log(benchTable(await benchImport(process.argv[2])));
