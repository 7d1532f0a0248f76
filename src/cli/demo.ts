import { join } from 'node:path';
import { startRecordedExchange } from '../../simulator/server.ts';
import { readConfig } from '../config.ts';
import { keepNewFilesPrivate } from '../runtime/private-files.ts';
import { DATA_ROOT } from '../runtime/project-root.ts';
import { runUntilSignal } from '../runtime/run-until-signal.ts';
import { startService } from '../service.ts';
import { openDemoRecording } from './shared/demo-recording.ts';
import { firstDecision, historySentence, letItTrade, marketSentence } from './shared/demo-sentences.ts';
import { seedNewDemo } from './shared/seed-demo-store.ts';

const USAGE = `paperdesk demo [--web-port PORT] [--web-host ADDRESS]

Runs the whole service on a recorded market; it needs no network. Its data are in data/demo, which can be deleted at any
time. The next start goes on from there.`;

/** The demo stores its data here, apart from that of a live service. */
const DATA_FOLDER = join(DATA_ROOT, 'data', 'demo');

/** The whole service on a recorded market; it needs no network. */
async function demo(): Promise<void> {
  keepNewFilesPrivate();
  const market = await openDemoRecording(DATA_FOLDER, Date.now());
  const exchange = await startRecordedExchange({ recording: market.recording, clock: Date.now });
  const settings = {
    LOG_LEVEL: 'warn',
    ...process.env,
    DATABASE_URL: `file:${join(DATA_FOLDER, 'paperdesk.sqlite')}`,
    MODEL_PACKAGES_DIR: join(DATA_FOLDER, 'packages'),
    MODEL_MANAGER_CACHE_DIR: join(DATA_FOLDER, 'factor-models'),
    EXCHANGE: 'binanceusdm',
    EXCHANGE_REST_URL: exchange.restUrl,
    EXCHANGE_WS_URL: exchange.wsUrl,
    MARKET_SOURCE: 'recorded',
  };
  const config = readConfig(settings, process.argv.slice(2));
  const closeExchange = async (error: unknown) => {
    await exchange.close();
    throw error;
  };
  const isNew = await seedNewDemo(config, market).catch(closeExchange);
  const service = await startService(config).catch(closeExchange);
  runUntilSignal(async () => {
    await service.close();
    await exchange.close();
  });

  if (isNew) await letItTrade(service.address);
  console.log(`paperdesk listens on ${service.address}  (routes: ${service.address}/docs)`);
  console.log(marketSentence(market.recording, exchange.lastSeam()));
  console.log(historySentence(service.address));
  console.log(await firstDecision(service.address));
  console.log(
    `Try: curl -s ${service.address}/paper/dashboard/paper_v3_ppo\n` +
      'The service trades it by itself, until Ctrl-C.',
  );
}

if (process.argv.includes('--help')) console.log(USAGE);
else {
  await demo().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
