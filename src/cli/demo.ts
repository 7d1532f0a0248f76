import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { loadRecording } from '../../simulator/recording.ts';
import type { Seam } from '../../simulator/replay.ts';
import { startRecordedExchange } from '../../simulator/server.ts';
import { readConfig } from '../config.ts';
import { DEFAULT_PACKAGE_ID } from '../packages/package-id.ts';
import { isoTime } from '../runtime/iso-time.ts';
import { PROJECT_ROOT } from '../runtime/project-root.ts';
import { runUntilSignal } from '../runtime/run-until-signal.ts';
import { SYSTEM_TIMERS } from '../runtime/timers.ts';
import { startService } from '../service.ts';
import { runLoop } from '../tools/loop/trading-loop.ts';
import { readLoopOptions } from './shared/loop-options.ts';

/** The demo stores its data here, apart from that of a live service. */
const DATA_FOLDER = join(PROJECT_ROOT, 'data', 'demo');

const WARM_UP_LIMIT_MS = 60_000;
const REPLAYED_MS = 14 * 24 * 60 * 60_000;

/** `npm run demo`: the whole service on a recorded market; it needs no network. */
async function demo(): Promise<void> {
  const exchange = await startRecordedExchange({
    recording: await loadRecording(join(PROJECT_ROOT, 'recording')),
    clock: Date.now,
  });
  const settings = {
    LOG_LEVEL: 'warn',
    ...process.env,
    DATABASE_URL: `file:${join(DATA_FOLDER, 'paperdesk.sqlite')}`,
    MODEL_PACKAGES_DIR: join(DATA_FOLDER, 'packages'),
    MODEL_MANAGER_CACHE_DIR: join(DATA_FOLDER, 'factor-models'),
    EXCHANGE: 'binanceusdm',
    EXCHANGE_REST_URL: exchange.restUrl,
    EXCHANGE_WS_URL: exchange.wsUrl,
    MARKET_SOURCE: 'recorded',
  };
  const service = await startService(readConfig(settings, process.argv.slice(2))).catch(
    async (error: unknown) => {
      await exchange.close();
      throw error;
    },
  );
  const stopLoop = new AbortController();
  let loop: Promise<unknown> = Promise.resolve();
  runUntilSignal(async () => {
    stopLoop.abort();
    await loop;
    await service.close();
    await exchange.close();
  });

  console.log(`paperdesk listens on ${service.address}  (routes: ${service.address}/docs)`);
  console.log(
    'The market is a RECORDING: BTCUSDT perpetual, 2025-11-10 to 2025-12-08, moved in time by whole weeks and repeated.\n' +
      `Nothing is fetched from a real exchange. ${seamSentence(exchange.lastSeam())}`,
  );
  console.log(await firstDecision(service.address));
  console.log(
    `Try: curl -s ${service.address}/paper/dashboard/paper_v3_ppo\n` +
      'The loop now polls paper_v3_ppo once a minute, until Ctrl-C.',
  );
  loop = runLoop(readLoopOptions({ PAPERDESK_URL: service.address }, ['--model-id', 'paper_v3_ppo']), {
    fetch,
    print: (line) => console.log(line),
    sleep: SYSTEM_TIMERS.sleep,
    stop: stopLoop.signal,
    now: Date.now,
  });
  console.log(
    await firstReplay(service.address).catch(
      (error: Error) => `The replay was not requested: ${error.message}`,
    ),
  );
}

function seamSentence(seam: Seam | undefined): string {
  if (seam === undefined) return '';
  const { time, closeBefore, openAfter } = seam;
  return `The last repetition began at ${isoTime(time)}, where the price jumps from ${closeBefore} to ${openAfter}; the features of the 16 days after it include the jump.`;
}

/** Waits for the warm-up of the default package; returns a sentence about its decision on the newest candle. */
async function firstDecision(address: string): Promise<string> {
  const limit = Date.now() + WARM_UP_LIMIT_MS;
  for (;;) {
    const answer = await fetch(`${address}/paper/signal?model_id=paper_${DEFAULT_PACKAGE_ID}`);
    const body = (await answer.json()) as Record<string, unknown>;
    if (answer.ok && body.reason !== 'WARMUP') {
      return (
        `${DEFAULT_PACKAGE_ID} on the candle that closed at ${body.as_of}: ${body.signal}, ` +
        `confidence ${body.confidence} %. ${(body.actions as string[]).join(' ')}`
      );
    }
    if (!answer.ok || body.warmup_status === 'ERROR')
      return `No decision yet: ${body.detail ?? body.actions}`;
    if (Date.now() > limit)
      return `No decision after ${WARM_UP_LIMIT_MS / 1000} s; ${address}/ready says why.`;
    await delay(100);
  }
}

/** Requests a replay if there is none yet, so that its results can be seen soon; returns a sentence about it. */
async function firstReplay(address: string): Promise<string> {
  const url = `${address}/paper/replays`;
  const known = (await (await fetch(`${url}?limit=1`)).json()) as { items?: { id: string }[] };
  if (known.items?.[0] !== undefined) return `Replays: curl -s ${url}`;
  const to = new Date();
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model_id: DEFAULT_PACKAGE_ID,
      label: 'Demo: the last two weeks of the recording',
      from: new Date(to.getTime() - REPLAYED_MS).toISOString(),
      to: to.toISOString(),
    }),
  });
  const body = (await answer.json()) as Record<string, unknown>;
  if (!answer.ok) return `The replay was not requested: ${body.detail}`;
  return `A REPLAY of the last two weeks runs in the background: curl -s ${url}/${body.id}`;
}

demo().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
