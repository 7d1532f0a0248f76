import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { chromiumPath } from '../test/helper/chromium.ts';
import { askUntil, startBuiltService, startExchange } from './built-service.ts';
import { atMost, type BenchResult, benchTable, median } from './measure.ts';

const RUNS = 7;
const SIZE = { width: 1440, height: 900 };

/** The desk in Chromium, each time with an empty cache, and a file of the same service that needs no script. */
export async function benchPage(): Promise<BenchResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'paperdesk-bench-'));
  const exchange = await startExchange();
  const service = await startBuiltService(folder, exchange);
  const browser = await chromium.launch({
    executablePath: await chromiumPath(),
    args: ['--disable-dev-shm-usage'],
  });
  const times: { bare: number; paint: number; drawn: number; longest: number }[] = [];
  try {
    await askUntil<{ reason: string | null }>(
      `${service.address}/paper/signal?model_id=ppo_v1`,
      ({ reason }) => reason !== 'WARMUP',
    );
    // The first visit warms up the service and the browser.
    for (let run = 0; run < RUNS + 1; run++) times.push(await visit(browser, service.address));
  } finally {
    await browser.close();
    await service.close();
    await exchange.close();
    await rm(folder, { recursive: true, force: true });
  }
  const of = (name: keyof (typeof times)[number]) => median(times.slice(1).map((one) => one[name]));
  const baseline = { what: 'an SVG file of the service', figure: of('bare') };
  return [
    { what: 'desk: first paint', figure: of('paint'), baseline, goal: atMost(1000, 'under 1 s') },
    { what: 'desk: candles drawn', figure: of('drawn'), baseline, goal: atMost(2000, 'under 2 s') },
    { what: 'desk: longest task of the page until then', figure: of('longest') },
  ];
}

// Code for the browser is text here: these files are checked with the types of Node.
const WATCH_TASKS = `window.longest = 0;
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration);
}).observe({ type: 'longtask', buffered: true });`;
const PAINT = `performance.getEntriesByName('first-paint')[0].startTime`;

/** Times in ms since the navigation. */
async function visit(browser: Browser, address: string) {
  const context = await browser.newContext({ viewport: SIZE });
  try {
    const page = await context.newPage();
    await page.addInitScript({ content: WATCH_TASKS });
    await page.goto(`${address}/favicon.svg`);
    const bare = await page.evaluate<number>('performance.now()');
    await page.goto(address);
    await page
      .getByRole('application', { name: /^Chart of BTCUSDT/ })
      .locator('canvas')
      .first()
      .waitFor();
    const [drawn, paint, longest] = await page.evaluate<[number, number, number]>(
      `[performance.now(), ${PAINT}, window.longest]`,
    );
    return { bare, paint, drawn, longest };
  } finally {
    await context.close();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(benchTable(await benchPage()));
