import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PROJECT_ROOT } from '../src/runtime/project-root.ts';
import { OLD_STORE_AT, writeOldStore } from '../test/helper/old-store.ts';
import { makeTestDisk } from '../test/hostile/test-disk.ts';
import { openDesk } from './week/desk.ts';
import { lostNode } from './week/lost-node.ts';
import { createObserver } from './week/observer.ts';
import { createOperator } from './week/operator.ts';
import { violationsOfWeek } from './week/verdict.ts';

/**
 * `npm run week [-- --hours-per-day N]`: seven days (N makes them shorter) of an installation in some ten
 * minutes, from a store of an old version on, with what happens to installations; then every ledger and every candle is checked. Exits with 1 if anything is wrong.
 */
const { values } = parseArgs({ options: { 'hours-per-day': { type: 'string', default: '24' } } });
const dayMs = Number(values['hours-per-day']) * 3_600_000;
if (!(dayMs > 0)) {
  console.error('--hours-per-day must be a number above 0.');
  process.exit(2);
}
const DAY_HOURS = 24;
/** So fast that a day takes 54 s. */
const SPEED = 1600;
/** Nodes wait for each other by the clock of the machine: 10 s are 40 minutes. */
const SPEED_OF_NODES = 240;

execFileSync(process.execPath, ['scripts/build.js'], { cwd: PROJECT_ROOT, stdio: 'inherit' });
const begun = performance.now();
const folder = await mkdtemp(join(tmpdir(), 'paperdesk-week-'));
const disk = makeTestDisk();
await writeOldStore(disk.folder);
const desk = await openDesk(OLD_STORE_AT, SPEED);
const observer = createObserver(desk, OLD_STORE_AT);
const operator = createOperator(desk, observer);

/** Waits until a day of the week has come so far. */
const at = (day: number, hour: number) =>
  operator.waitUntil(OLD_STORE_AT + (day - 1 + hour / DAY_HOURS) * dayMs);

/** Measures before a kill -9 at 22:00: a process that has just started has no garbage yet, and later ones nearly a day's. */
async function killAndEndDay(day: number): Promise<void> {
  await at(day, 22);
  observer.endDay(day);
  await operator.killAndStart();
}

/** A day with a fault from 04:00 to 08:00. */
async function dayWithFault(day: number, fault: (over: () => Promise<void>) => Promise<void>): Promise<void> {
  await at(day, 4);
  await fault(() => at(day, 8));
  await killAndEndDay(day);
}

try {
  desk.settings = {
    DATABASE_URL: `file:${join(disk.folder, 'paperdesk.sqlite')}`,
    MODEL_PACKAGES_DIR: join(disk.folder, 'packages'),
    MODEL_MANAGER_CACHE_DIR: join(folder, 'factor-models'),
  };
  observer.note(`the disk is a ${disk.kind}; the store is of an old version`);
  await desk.startService();
  await operator.tradePackages();
  desk.startLoop(desk.url);

  await killAndEndDay(1);
  await dayWithFault(2, operator.exchangeOutage);
  await dayWithFault(3, operator.lostLoop);
  await dayWithFault(4, (over) => operator.fullDisk(disk, over));

  await at(5, 8);
  await operator.moveTo(`file:${join(folder, 'moved.sqlite')}`, join(folder, 'packages'));
  await at(5, 22);
  observer.endDay(5);

  await at(6, 8);
  await operator.backUpAndRestore(folder);
  await killAndEndDay(6);

  await at(7, 18);
  observer.endDay(7);
  const end = await lostNode(desk, observer, {
    folder,
    speed: SPEED_OF_NODES,
    untilHours: (hour) => at(7, hour),
  });

  const violations = violationsOfWeek(observer, end);
  console.log(observer.report(end.accounts));
  console.log(`seven days in ${((performance.now() - begun) / 60_000).toFixed(1)} minutes`);
  for (const violation of violations) console.log(`VIOLATION: ${violation}`);
  process.exitCode = violations.length > 0 ? 1 : 0;
} finally {
  await desk.close();
  disk.remove();
  await rm(folder, { recursive: true, force: true });
}
