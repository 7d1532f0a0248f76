import { expect, test } from 'vitest';
import type { ChartCandle } from '../../../src/web/charts/chart-candle.ts';
import { CandlePages } from '../../../src/web/views/desk/chart/candle-pages.ts';

const STEP = 60_000;
const { signal } = new AbortController();
const candle = (index: number): ChartCandle => ({
  ...{ time: index * STEP, open: 1, high: 1, low: 1, close: 1, volume: 1 },
});

/** A market with the candles 0 to 1999, whose answers come when the test wants them. */
function market() {
  const waiting: (() => void)[] = [];
  const load = (limit: number, before = 2000 * STEP) => {
    const end = Math.min(2000, before / STEP);
    const begin = Math.max(0, end - limit);
    const page = Array.from({ length: end - begin }, (_, index) => candle(begin + index));
    return new Promise<ChartCandle[]>((resolve) => waiting.push(() => resolve(page)));
  };
  return { load, waiting };
}

async function loadedPages(from: number, to: number, isLive: boolean) {
  const { load, waiting } = market();
  const pages = new CandlePages({
    ...{ load, stepMs: STEP, from: from * STEP, to: to * STEP },
    ...{ before: isLive ? undefined : to * STEP, until: undefined },
  });
  const loaded = pages.refresh(signal);
  waiting.shift()!();
  await loaded;
  return { pages, waiting };
}

const rangeOf = ({ list }: CandlePages) => [list[0]!.time / STEP, list.at(-1)!.time / STEP, list.length];

test('pages at both ends of a range of the past stay, whichever comes first', async () => {
  const { pages, waiting } = await loadedPages(1800, 1900, false);
  const work = [pages.olderPage()!(), pages.newerPage()!()];
  for (const answer of waiting) answer();
  await Promise.all(work);
  expect(rangeOf(pages)).toEqual([300, 1999, 1700]);
  await pages.refresh(signal);
  expect(rangeOf(pages)).toEqual([300, 1999, 1700]);
});

test('older candles stay that came while the newest were loaded again', async () => {
  const { pages, waiting } = await loadedPages(1900, 2000, true);
  const reloaded = pages.refresh(signal);
  const added = pages.olderPage()!();
  waiting[1]!();
  await added;
  waiting[0]!();
  await reloaded;
  expect(rangeOf(pages)).toEqual([400, 1999, 1600]);
  expect(pages.newerPage()).toBeUndefined();
});

test('there is no older page once one was empty', async () => {
  const { pages, waiting } = await loadedPages(0, 10, false);
  const work = pages.olderPage()!();
  waiting.shift()!();
  await work;
  expect(pages.olderPage()).toBeUndefined();
  expect(rangeOf(pages)).toEqual([0, 9, 10]);
});
