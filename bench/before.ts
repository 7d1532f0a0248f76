import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../src/runtime/project-root.ts';
import { startBuiltService, startExchange } from './built-service.ts';
import { type BenchResult, median, ratioAtLeast, ratioAtMost } from './measure.ts';
import { alternatePolls, warmPolls } from './polls.ts';

const STARTS = 15;
const ROUNDS = 15;

/**
 * The default mode compared with that of another commit: cold start, memory and polls of a decided candle. Both use the
 * libraries of this project.
 */
export async function benchBefore(commit: string): Promise<BenchResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'paperdesk-bench-'));
  const program = join(folder, 'program');
  const git = (...args: string[]) => execFileSync('git', args, { cwd: PROJECT_ROOT, stdio: 'ignore' });
  git('worktree', 'add', '--detach', program, commit);
  try {
    await symlink(join(PROJECT_ROOT, 'node_modules'), join(program, 'node_modules'));
    return await compare(folder, program, commit);
  } finally {
    git('worktree', 'remove', '--force', program);
    await rm(folder, { recursive: true, force: true });
  }
}

async function compare(folder: string, program: string, commit: string): Promise<BenchResult[]> {
  const exchange = await startExchange();
  const programs = { now: PROJECT_ROOT, before: program };
  const names = ['now', 'before'] as const;
  const start = (name: keyof typeof programs) =>
    startBuiltService(join(folder, name), exchange, { program: programs[name] });
  const answers = { now: [] as number[], before: [] as number[] };
  const memory = { now: [] as number[], before: [] as number[] };
  try {
    // The first start downloads the candles and warms up the default package.
    for (let run = 0; run <= STARTS; run += 1) {
      for (const name of names) {
        const service = await start(name);
        await warmPolls(service);
        if (run > 0) {
          answers[name].push(service.firstAnswerMs);
          memory[name].push(service.privateMb());
        }
        await service.close();
      }
    }
    const running = { now: await start('now'), before: await start('before') };
    try {
      const polls = await alternatePolls(ROUNDS, { now: [running.now], before: [running.before] });
      const baseline = (figure: number) => ({ what: commit, figure });
      return [
        {
          what: 'default mode: cold start to the first answer',
          figure: median(answers.now),
          baseline: baseline(median(answers.before)),
          goal: ratioAtMost(1.03),
        },
        {
          what: 'default mode: private memory after 3,000 polls',
          figure: median(memory.now),
          unit: 'MB',
          baseline: baseline(median(memory.before)),
          goal: ratioAtMost(1.03),
        },
        {
          what: 'default mode: polls of a decided candle',
          figure: polls.now.perSecond,
          unit: '/s',
          baseline: baseline(polls.before.perSecond),
          goal: ratioAtLeast(0.97),
        },
        {
          what: 'default mode: processor time of a poll',
          figure: polls.now.nodeMs,
          baseline: baseline(polls.before.nodeMs),
          goal: ratioAtMost(1.03),
        },
      ];
    } finally {
      for (const name of names) await running[name].close();
    }
  } finally {
    await exchange.close();
  }
}
