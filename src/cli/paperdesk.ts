#!/usr/bin/env node
import { editDistance } from '../runtime/edit-distance.ts';
import { VERSION } from '../runtime/version.ts';

interface Command {
  readonly does: string;
  /** Loads its module, which reads the arguments and runs. */
  readonly run: () => Promise<unknown>;
}

/** In the order in which people need them. */
const COMMANDS: Readonly<Record<string, Command>> = {
  start: { does: 'runs the service', run: () => import('../server.ts') },
  demo: { does: 'runs it on a recorded market, without network', run: () => import('./demo.ts') },
  'demo-cluster': {
    does: 'the same with three nodes (in a checkout)',
    run: () => import('./demo-cluster.ts'),
  },
  loop: { does: 'polls a paper account', run: () => import('./loop.ts') },
  backfill: { does: 'stores past candles of the exchange', run: () => import('./backfill.ts') },
  'import-candles': { does: 'stores candles from files', run: () => import('./import-candles.ts') },
  'fit-scaler': { does: 'fits a scaler to stored candles', run: () => import('./fit-scaler.ts') },
  token: { does: 'creates, lists and revokes service tokens', run: () => import('./token.ts') },
  backup: { does: 'copies store and packages to a folder', run: () => import('./backup.ts') },
  restore: { does: 'restores such a folder', run: () => import('./restore.ts') },
  'move-store': {
    does: 'moves everything between SQLite and PostgreSQL',
    run: () => import('./move-store.ts'),
  },
  'dead-letters': { does: 'lists and repeats jobs that failed', run: () => import('./dead-letters.ts') },
  'import-legacy': {
    does: 'imports from the system before this one',
    run: () => import('./import-legacy.ts'),
  },
  parity: { does: 'compares with numbers computed in Python', run: () => import('./parity.ts') },
};

const HELP = `paperdesk COMMAND [OPTIONS]

${Object.entries(COMMANDS)
  .map(([name, { does }]) => `  ${name.padEnd(14)}  ${does}`)
  .join('\n')}

paperdesk COMMAND --help shows the options of a command, and paperdesk --version the version. Settings are environment
variables (README, "Settings"). In a checkout "npm run COMMAND -- OPTIONS" is the same.`;

/** Runs the command that the first argument names; the exit code is 2 if there is none. */
async function main(name: string | undefined): Promise<void> {
  if (name === '--help' || name === '-h' || name === 'help') console.log(HELP);
  else if (name === '--version') console.log(VERSION);
  else if (name !== undefined && Object.hasOwn(COMMANDS, name)) {
    // Commands read the arguments behind their name.
    process.argv.splice(2, 1);
    await COMMANDS[name]!.run();
  } else {
    console.error(name === undefined ? HELP : unknown(name));
    process.exitCode = 2;
  }
}

function unknown(name: string): string {
  const distance = (candidate: string) => editDistance(name.slice(0, 40), candidate);
  const [nearest] = Object.keys(COMMANDS).sort((a, b) => distance(a) - distance(b));
  return `paperdesk has no command "${name}"; the nearest is "${nearest}". "paperdesk --help" lists all.`;
}

await main(process.argv[2]);
