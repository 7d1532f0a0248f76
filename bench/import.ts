import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PRODUCTION_SHAPE, writeRandomForecaster, writeRandomPolicy } from '../test/helper/random-package.ts';
import { startTestService } from '../test/helper/service.ts';
import { warmedUp } from '../test/helper/upload.ts';
import { askUntil, startBuiltService, startExchange } from './built-service.ts';
import { atMost, type BenchResult, benchTable, median, timed } from './measure.ts';

const RUNS = 5;
const HEALTH_MS = 10_000;

/**
 * The upload of a package of the production size (466 MB) over HTTP, compared with a plain copy of its file with fsync;
 * the memory of the service during it; and the answers of `/health` during continuous forecasts.
 */
export async function benchImport(model?: string): Promise<BenchResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'paperdesk-bench-'));
  const forecast = model ?? join(folder, 'forecast_model.pt');
  const policy = join(folder, 'ppo_policy.zip');
  if (model === undefined) writeRandomForecaster(forecast, PRODUCTION_SHAPE);
  writeRandomPolicy(policy);
  try {
    return [...(await benchUploads(folder, forecast, policy)), ...(await benchHealth(forecast, policy))];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function benchUploads(folder: string, forecast: string, policy: string): Promise<BenchResult[]> {
  const exchange = await startExchange();
  const service = await startBuiltService(folder, exchange);
  const imports: number[] = [];
  const copies: number[] = [];
  const warmUps: number[] = [];
  let before = 0;
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, service.privateMb());
  }, 20);
  try {
    await untilDone(service.address, 'ppo_v1');
    for (let run = 0; run < RUNS + 1; run++) {
      copies.push(await timed(() => copyWithSync(forecast, join(folder, 'copy.pt'))));
      imports.push(await upload(service.address, forecast, policy));
      warmUps.push(await timed(() => untilDone(service.address, 'production')));
      await remove(service.address, 'production');
      // The first import allocates memory that later ones reuse.
      if (run === 0) before = peak = service.privateMb();
    }
  } finally {
    clearInterval(watch);
    await service.close();
    await exchange.close();
  }
  const copy = median(copies.slice(1));
  return [
    {
      what: 'import of 466 MB over HTTP (hash, validation, every weight)',
      figure: median(imports.slice(1)),
      baseline: { what: 'plain copy with fsync', figure: copy },
      goal: {
        text: 'at most 1.5 copies + 1 s',
        isMet: (figure, baseline) => figure <= 1.5 * baseline + 1000,
      },
    },
    {
      what: 'private memory that one more import adds to the service, at most',
      figure: peak - before,
      unit: 'MB',
      goal: atMost(64, 'flat: under 64 MB'),
    },
    { what: 'from its upload to DONE', figure: median(warmUps.slice(1)) },
  ];
}

async function untilDone(address: string, id: string): Promise<void> {
  const { warmup_status } = await askUntil<{ warmup_status: string }>(
    `${address}/model-packages/${id}`,
    ({ warmup_status: status }) => status === 'DONE' || status === 'ERROR',
  );
  if (warmup_status !== 'DONE') throw new Error('The warm-up failed.');
}

async function remove(address: string, id: string): Promise<void> {
  await fetch(`${address}/model-packages/${id}/archive`, { method: 'POST' });
  await fetch(`${address}/model-packages/${id}`, { method: 'DELETE' });
}

async function benchHealth(forecast: string, policy: string): Promise<BenchResult[]> {
  const service = await startTestService();
  try {
    await warmedUp(service.app, 'ppo_v1');
    const address = await service.app.listen({ host: '127.0.0.1', port: 0 });
    const forecaster = { heads: 4, lookback: 512, stride: 8 };
    const files = { id: 'production', version: '1', forecastPath: forecast, policyPath: policy, forecaster };
    const window = new Float32Array(512 * 28).fill(0.1);
    let measuring = true;
    const forecasting = (async () => {
      while (measuring) await service.services.engine.forecast(files, window, 1);
    })();
    const output = await clientOutput('health-client.ts', `${address}/health`, String(HEALTH_MS));
    measuring = false;
    await forecasting;
    const health = JSON.parse(output) as { median: number; p99: number };
    return [
      { what: '/health while forecasts run, median', figure: health.median },
      {
        what: '/health while forecasts run, 99 %',
        figure: health.p99,
        goal: atMost(20, 'under 20 ms'),
      },
    ];
  } finally {
    await service.close();
  }
}

/** Time of an upload in ms, from its own process, so that the service's figures do not include the client. */
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

if (process.argv[1] === fileURLToPath(import.meta.url))
  console.log(benchTable(await benchImport(process.argv[2])));
