import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { PROJECT_ROOT } from '../src/runtime/project-root.ts';
import { chromiumPath } from '../test/helper/chromium.ts';
import { startTestService } from '../test/helper/service.ts';
import { warmedUp } from '../test/helper/upload.ts';

/**
 * `npm run screenshot`: the picture of the desk in the README. It runs the whole service on the recorded market with its
 * own store and a stopped clock, so that the picture changes only with the page.
 */

const PICTURE = join(PROJECT_ROOT, 'docs', 'desk.png');
const MAX_BYTES = 250_000;
const SIZE = { width: 1440, height: 900 };

const MINUTE_MS = 60_000;
const CANDLE_MS = 15 * MINUTE_MS;
/** A time of the recording, moved to 2026 by whole weeks, and the decision candles that the account trades from it. */
const START = Date.parse('2026-11-24T12:00:00Z');
const CANDLES = 160;

let now = START;
const service = await startTestService({
  ...{ isFirstStart: true, now: () => now },
  env: { OVERLOAD_DELAY_MS: '600000' },
});
try {
  await warmedUp(service.app, 'ppo_v1');
  for (let candle = 0; candle < CANDLES; candle++) {
    now = START + candle * CANDLE_MS + MINUTE_MS;
    const payload = { model_id: 'ppo_v1' };
    const poll = await service.app.inject({ method: 'POST', url: '/paper/signal', payload });
    if (poll.statusCode !== 200)
      throw new Error(`A poll failed with status ${poll.statusCode}: ${poll.body}`);
  }
  await takePicture(await service.app.listen({ host: '127.0.0.1', port: 0 }));
} finally {
  await service.close();
}
const { size } = await stat(PICTURE);
console.log(`${PICTURE}: ${size} bytes`);
if (size > MAX_BYTES) throw new Error(`The picture has ${size} bytes; a README allows ${MAX_BYTES}.`);

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
    // The page computes ages with its own clock, which must agree with the service's.
    await page.clock.setFixedTime(now);
    await page.goto(`${address}/?model=ppo_v1`);
    await drawn(page);
    await page.screenshot({ path: PICTURE });
  } finally {
    await browser.close();
  }
}

/** Waits for the present decision, the chart and all pending requests. */
async function drawn(page: Page): Promise<void> {
  const present = page.getByRole('region', { name: 'Now' });
  await present.getByRole('heading', { name: /^(Long|Short|Flat): direction/ }).waitFor();
  await page.getByRole('application', { name: /^Chart of BTCUSDT, .* Account / }).waitFor();
  await page.locator('.skeleton, .chart-loading').first().waitFor({ state: 'detached' });
}
