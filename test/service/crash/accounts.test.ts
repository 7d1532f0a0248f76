import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { DECISION_CANDLE_MS, decisionCandleStart } from '../../helper/default-candles.ts';
import { livedAccount } from '../../helper/lived-account.ts';
import { seededRandom } from '../../helper/random.ts';
import { repetitions } from '../../helper/run-length.ts';
import { expectAsUndisturbed } from './expect-as-undisturbed.ts';
import { type FastDesk, type LoopProcess, openFastDesk } from './fast-desk.ts';

const HOUR = 3_600_000;
const START = Date.parse('2026-11-26T06:00:00Z');
/** A quarter of an hour passes in two seconds. */
const SPEED = 450;
const SEED = Number(process.env.CRASH_SEED ?? 20261126);
const KILLS = repetitions(8, 2);
const LOOP = ['--model-id', 'paper_v3_ppo', '--create-account'];

/** Opens, adds, flips and holds, so that something happens in most quarters; the same all through each of them. */
const SIGNALS = ['LONG', 'LONG', 'FLAT', 'LONG', 'SHORT', 'SHORT', 'FLAT', 'SHORT', 'LONG'] as const;
/** Near enough that lots close by themselves within minutes. */
const NEAR = { profit_target_pct: 2, settings: { stop_loss_pct: 1.5 } };

/** A client that brings its own signals, whether the service answers or not. */
function bringSignals({ url, clock }: FastDesk, model_id: string): () => Promise<void> {
  let stopped = false;
  const post = (path: string, body: object) =>
    fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(20_000),
    });
  async function run() {
    let created = false;
    while (!stopped) {
      const signal = SIGNALS[(decisionCandleStart(clock()) / DECISION_CANDLE_MS) % SIGNALS.length];
      try {
        if (!created) created = (await post('/paper/account/create', { model_id, ...NEAR })).ok;
        await (await post('/paper/signal', { model_id, signal, confidence: 80 })).text();
      } catch {
        // The service was killed; it is asked again.
      }
      await delay(150);
    }
  }
  const running = run();
  const stop = async () => {
    stopped = true;
    await running;
  };
  onTestFinished(stop);
  return stop;
}

async function itemsOf<Item>(desk: FastDesk, route: string): Promise<Item[]> {
  const answer = await fetch(`${desk.url}/paper/${route}?limit=500`).catch(() => undefined);
  return answer?.ok ? ((await answer.json()) as { items: Item[] }).items : [];
}

async function decidedOf(desk: FastDesk, modelId: string): Promise<number> {
  const items = await itemsOf<{ decided: boolean }>(desk, `decisions/${modelId}`);
  return items.filter(({ decided }) => decided).length;
}

const closedOf = async (desk: FastDesk, modelId: string) => (await itemsOf(desk, `trades/${modelId}`)).length;

/** Candles that both loops were told the decision of; that each was decided once is seen in the ledger. */
function seenByBoth(loops: readonly LoopProcess[]): string[] {
  const [some, others] = loops.map((loop) =>
    loop.lines().flatMap((line) => /candle (\S+) (?:LONG|SHORT|FLAT) /.exec(line)?.[1] ?? []),
  );
  return some?.filter((candle) => others?.includes(candle)) ?? [];
}

test('accounts of a service that is killed -9 again and again, one of them with two loops, end as undisturbed', async () => {
  const desk = await openFastDesk(START, SPEED);
  const random = seededRandom(SEED);
  // Two loops on one account, all the while.
  const first = desk.startLoop(...LOOP);
  let second = desk.startLoop(...LOOP);
  const stopSignals = bringSignals(desk, 'hand');
  for (let cycle = 0; cycle < KILLS; cycle++) {
    const service = await desk.startService();
    // From before its accounts live on to long after they have caught up.
    await delay(100 + random() * 3500);
    await service.end('SIGKILL');
    if (cycle % 3 === 1) {
      await second.kill();
      second = desk.startLoop(...LOOP);
    }
    // A day is slept through once.
    if (cycle === KILLS / 2) desk.jump(26 * HOUR);
  }
  const last = await desk.startService();
  // On a slow machine it takes longer until enough has happened.
  const enough = { interval: 200 };
  await expect.poll(() => decidedOf(desk, 'hand'), enough).toBeGreaterThan(4);
  await expect.poll(() => closedOf(desk, 'hand'), enough).toBeGreaterThan(3);
  await expect.poll(() => decidedOf(desk, 'ppo_v1'), enough).toBeGreaterThan(1);
  await expect.poll(() => seenByBoth([first, second]).length, enough).toBeGreaterThan(0);
  await stopSignals();
  await last.end('SIGKILL');

  const services = await desk.openAt(decisionCandleStart(desk.clock()) + DECISION_CANDLE_MS + 60_000);
  for (const modelId of ['hand', 'ppo_v1']) {
    const lived = await livedAccount(services, modelId);
    await expectAsUndisturbed(lived, desk.recording);
    if (modelId === 'hand') expect(lived.closed.length).toBeGreaterThan(3);
  }
}, 600_000);
