import { once } from 'node:events';
import { freePort } from '../../../simulator/free-port.ts';
import { type ServiceProcess, startServiceProcess } from '../process.ts';
import { type Link, openLink } from './link.ts';

/** A node as a process, which reaches PostgreSQL through a link of its own. */
export interface ClusterNode {
  readonly name: string;
  readonly url: string;
  readonly link: Link;
  /** What the process printed, of all its starts. */
  output(): string;
  /** Starts it, again and again until it answers, as a supervisor does. */
  start(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Stops the process where it is (SIGSTOP). @returns lets it go on (SIGCONT) */
  pause(): () => void;
  close(): Promise<void>;
}

export interface ClusterNodeOptions {
  readonly name: string;
  /** Settings besides those of its name, address and store. */
  readonly settings: NodeJS.ProcessEnv;
  readonly databaseUrl: string;
  /** Called when the process ends by itself; it is started again. */
  readonly onDeath: (sentence: string) => void;
}

/** Prepares a node; it does not run yet. */
export async function prepareNode(options: ClusterNodeOptions): Promise<ClusterNode> {
  const { name, settings, onDeath } = options;
  const port = await freePort();
  const database = new URL(options.databaseUrl);
  const link = await openLink(Number(database.port));
  database.port = String(link.port);
  const env = { ...settings, NODE_NAME: name, DATABASE_URL: database.href };
  let running: ServiceProcess | undefined;
  let isWanted = false;
  let before = '';

  async function start(): Promise<void> {
    isWanted = true;
    while (isWanted && running === undefined) {
      try {
        const started = await startServiceProcess(env, port);
        running = started;
        void once(started.child, 'exit').then(([code, signal]) => ended(started, code ?? signal));
        if (!isWanted) await kill();
      } catch (error) {
        before += `${(error as Error).message}\n`;
      }
    }
  }

  async function ended(process: ServiceProcess, reason: unknown): Promise<void> {
    before += process.output();
    if (running === process) running = undefined;
    if (!isWanted) return;
    onDeath(`${name} ended by itself with ${reason}:\n${process.output()}`);
    await start();
  }

  // A test that is ended leaves no processes.
  const killAtExit = () => void running?.child.kill('SIGKILL');
  process.on('exit', killAtExit);

  async function kill(): Promise<void> {
    isWanted = false;
    await running?.end('SIGKILL');
    running = undefined;
  }

  return {
    name,
    url: `http://127.0.0.1:${port}`,
    link,
    output: () => before + (running?.output() ?? ''),
    start,
    kill,
    pause() {
      const paused = running?.child;
      paused?.kill('SIGSTOP');
      return () => void paused?.kill('SIGCONT');
    },
    async close() {
      process.off('exit', killAtExit);
      await kill();
      await link.close();
    },
  };
}
