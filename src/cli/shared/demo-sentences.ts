import { setTimeout as delay } from 'node:timers/promises';
import type { Recording } from '../../../simulator/recording.ts';
import type { Seam } from '../../../simulator/replay.ts';
import { DEFAULT_PACKAGE_ID } from '../../packages/package-id.ts';
import { isoTime } from '../../runtime/iso-time.ts';
import { recordedDays } from './demo-recording.ts';

const WARM_UP_LIMIT_MS = 60_000;

/** Says which market the demo shows. @param seam where stretches of the recording last met */
export function marketSentence(recording: Recording, seam: Seam | undefined): string {
  return (
    `The market is a RECORDING: ${recording.symbol} perpetual, ${recordedDays(recording)}, moved in time by whole weeks and repeated.\n` +
    `Nothing is fetched from a real exchange. Prices are scaled where its parts meet, so no price jumps and returns are real${seamClause(seam)}.`
  );
}

function seamClause(seam: Seam | undefined): string {
  if (seam === undefined) return '';
  const scale = seam.factor === 1 ? 'as recorded' : `the recorded ones times ${seam.factor.toPrecision(4)}`;
  return `; since the last of these, ${isoTime(seam.time)}, prices are ${scale}`;
}

/** Says where the history of the demo is. */
export function historySentence(address: string): string {
  return (
    'Its history is a REPLAY of the example pair on the weeks before, which the same code computed beforehand: ' +
    `curl -s ${address}/paper/replays`
  );
}

/** Has the service of a new demo, which has no password, trade the default package. @throws if the service refuses */
export async function letItTrade(address: string): Promise<void> {
  const answer = await fetch(`${address}/model-packages/${DEFAULT_PACKAGE_ID}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ auto_trade: true }),
  });
  if (!answer.ok) throw new Error(`${address} does not trade ${DEFAULT_PACKAGE_ID}: ${await answer.text()}`);
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
