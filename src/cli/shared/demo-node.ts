import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { moduleFile, moduleOptions } from '../../runtime/program-files.ts';

/** A node as a process; when it ends by itself, or is killed, it is started again after a while. */
export interface DemoNode {
  readonly name: string;
  readonly address: string;
  readonly pid: number | undefined;
  /** Ends it in order. */
  close(): Promise<void>;
}

export interface DemoNodeOptions {
  readonly name: string;
  readonly port: number;
  /** For what the node keeps to itself: caches. */
  readonly folder: string;
  readonly settings: NodeJS.ProcessEnv;
  readonly print: (line: string) => void;
}

/** Long enough to see what the other nodes do without it. */
const RESTART_AFTER_MS = 20_000;
const START_LIMIT_MS = 60_000;
/** Preloaded, so that no node goes on when the demo is killed. */
const END_WITH_PARENT = `data:text/javascript,process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))`;

/** Starts a node and waits until it answers. @throws if it does not within a minute */
export async function startDemoNode(options: DemoNodeOptions): Promise<DemoNode> {
  const { name, port, folder, settings, print } = options;
  const address = `http://127.0.0.1:${port}`;
  const closing = new AbortController();
  const env = {
    ...settings,
    NODE_NAME: name,
    MODEL_MANAGER_HTTP_PORT: String(port),
    MODEL_MANAGER_CACHE_DIR: join(folder, 'factor-models'),
    PACKAGE_CACHE_DIR: join(folder, 'packages'),
  };
  // In a process group of its own, so that Ctrl-C does not reach it before its turn.
  const spawnNode = (): ChildProcess =>
    fork(moduleFile('server'), {
      env,
      detached: true,
      execArgv: [...moduleOptions(), '--import', END_WITH_PARENT],
    });
  let child = spawnNode();

  async function keepRunning(): Promise<void> {
    for (;;) {
      const [code, signal] = await once(child, 'exit');
      if (closing.signal.aborted) return;
      print(`${name} ended (${code ?? signal}); it is started again in ${RESTART_AFTER_MS / 1000} s.`);
      await delay(RESTART_AFTER_MS, undefined, { signal: closing.signal }).catch(() => {});
      if (closing.signal.aborted) return;
      child = spawnNode();
      print(`${name} starts again, process ${child.pid}.`);
    }
  }

  const running = keepRunning();
  const close = async () => {
    closing.abort();
    child.kill('SIGTERM');
    await running;
  };
  const limit = Date.now() + START_LIMIT_MS;
  while (!(await answers(address))) {
    if (Date.now() > limit || child.exitCode !== null) {
      await close();
      throw new Error(`${name} did not start; see above.`);
    }
    await delay(50);
  }
  return {
    ...{ name, address, close },
    get pid() {
      return child.pid;
    },
  };
}

async function answers(address: string): Promise<boolean> {
  const answer = await fetch(`${address}/health`).catch(() => undefined);
  return answer?.ok ?? false;
}
