import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { PROJECT_ROOT } from '../src/runtime/project-root.ts';
import * as faults from '../test/helper/cluster/faults.ts';
import { liveWithFaults } from '../test/helper/cluster/live-with-faults.ts';

/**
 * `npm run soak [-- --minutes N] [--seed N]`: three nodes and 20 accounts on a fast recorded market, while faults happen
 * at random; then everything is compared with one undisturbed process. Exits with 1 if anything differs.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const minutes = Number(values.minutes);
const seed = Number(values.seed);
if (!(minutes > 0 && minutes <= 60) || !Number.isSafeInteger(seed)) {
  console.error('--minutes must be from 0 to 60, and --seed a whole number.');
  process.exit(2);
}

/** The answer after a fault that the service promises. */
const PROMISED_MS = 10_000;
const SPEED = 300;

execFileSync(process.execPath, ['scripts/build.js'], { cwd: PROJECT_ROOT, stdio: 'inherit' });
const begun = performance.now();
const report = (sentence: string) =>
  console.log(`${((performance.now() - begun) / 1000).toFixed(1).padStart(6)} s  ${sentence}`);
report(`soak of ${minutes} minutes with --seed ${seed}`);

const { violations, recoveries } = await liveWithFaults({
  ...{ nodes: 3, accounts: 20, speed: SPEED, seed, report },
  async live({ disturb, random }) {
    const all = Object.values(faults);
    const until = performance.now() + minutes * 60_000;
    while (performance.now() < until) await disturb(all[Math.floor(random() * all.length)] as faults.Fault);
  },
});

const slow = recoveries.filter(
  ({ anyNodeMs, everyNodeMs }) => Math.min(anyNodeMs, everyNodeMs) > PROMISED_MS,
);
console.log(`${recoveries.length} faults; after ${slow.length} of them no node answered within 10 s.`);
for (const violation of violations) console.log(`VIOLATION: ${violation}`);
process.exitCode = violations.length + slow.length > 0 ? 1 : 0;
