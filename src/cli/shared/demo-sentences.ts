import { setTimeout as delay } from 'node:timers/promises';
import type { Seam } from '../../../simulator/replay.ts';
import { DEFAULT_PACKAGE_ID } from '../../packages/package-id.ts';
import { isoTime } from '../../runtime/iso-time.ts';

const WARM_UP_LIMIT_MS = 60_000;
const REPLAYED_MS = 14 * 24 * 60 * 60_000;

/** Says which market the demo shows. @param seam the last repetition of the recording */
export function marketSentence(seam: Seam | undefined): string {
  return (
    'The market is a RECORDING: BTCUSDT perpetual, 2025-11-10 to 2025-12-08, moved in time by whole weeks and repeated.\n' +
    `Nothing is fetched from a real exchange. ${seamSentence(seam)}`
  );
}

function seamSentence(seam: Seam | undefined): string {
  if (seam === undefined) return '';
  const { time, closeBefore, openAfter } = seam;
  return `The last repetition began at ${isoTime(time)}, where the price jumps from ${closeBefore} to ${openAfter}; the features of the 16 days after it include the jump.`;
}

/** Waits for the warm-up of the default package; returns a sentence about its decision on the newest candle. */
export async function firstDecision(address: string): Promise<string> {
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
export function firstReplay(address: string): Promise<string> {
  return requestReplay(address).catch((error: Error) => `The replay was not requested: ${error.message}`);
}

async function requestReplay(address: string): Promise<string> {
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
