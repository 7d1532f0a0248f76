import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { PROJECT_ROOT } from '../src/runtime/project-root.ts';
import { chromiumPath } from '../test/helper/chromium.ts';
import { startTestService } from '../test/helper/service.ts';
import { warmedUp } from '../test/helper/upload.ts';

/**
 * `npm run screenshot`: the picture of the desk in the README. It runs the whole service on the recorded market with
 * a store of its own, and lets the clock stand still, so that the picture only changes when the page does.
 */

const PICTURE = join(PROJECT_ROOT, 'docs', 'desk.png');
const LARGEST_BYTES = 250_000;
const SIZE = { width: 1440, height: 900 };

const MINUTE_MS = 60_000;
const CANDLE_MS = 15 * MINUTE_MS;
/** A moment of the recording, moved to 2026 by whole weeks, and the decision candles that the account trades from it. */
const START = Date.parse('2026-11-24T12:00:00Z');
const CANDLES = 160;

let now = START;
const service = await startTestService({ now: () => now, env: { OVERLOAD_DELAY_MS: '600000' } });
try {
  await warmedUp(service.app, 'ppo_v1');
  for (let candle = 0; candle < CANDLES; candle++) {
    now = START + candle * CANDLE_MS + MINUTE_MS;
    const payload = { model_id: 'ppo_v1' };
    const poll = await service.app.inject({ method: 'POST', url: '/paper/signal', payload });
    if (poll.statusCode !== 200) throw new Error(`A poll was answered ${poll.statusCode}: ${poll.body}`);
  }
  await takePicture(await service.app.listen({ host: '127.0.0.1', port: 0 }));
} finally {
  await service.close();
}
const { size } = await stat(PICTURE);
console.log(`${PICTURE}: ${size} bytes`);
if (size > LARGEST_BYTES)
  throw new Error(`The picture has ${size} bytes; ${LARGEST_BYTES} are enough for a README.`);

async function takePicture(address: string): Promise<void> {
  const browser = await chromium.launch({
    executablePath: await chromiumPath(),
    args: ['--disable-dev-shm-usage'],
  });
  try {
    const page = await browser.newPage({
      viewport: SIZE,
      colorScheme: 'light',
      reducedMotion: 'reduce',
      timezoneId: 'UTC',
      locale: 'en-GB',
    });
    // The page shows ages by its own clock, which has to agree with the service's.
    await page.clock.setFixedTime(now);
    await page.goto(`${address}/?model=ppo_v1`);
    await drawn(page);
    await page.screenshot({ path: PICTURE });
  } finally {
    await browser.close();
  }
}

/** Waits for the decision, both charts, and everything that is being loaded. */
async function drawn(page: Page): Promise<void> {
  await page.locator('.decision-signal', { hasText: /LONG|SHORT|FLAT/ }).waitFor();
  await page.getByRole('img', { name: /^Candles of BTCUSDT/ }).waitFor();
  await page.getByRole('img', { name: /^Equity from/ }).waitFor();
  await page.locator('.skeleton, .chart-loading').first().waitFor({ state: 'detached' });
}
