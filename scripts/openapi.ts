import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { buildApp } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import { PROJECT_ROOT } from '../src/runtime/project-root.ts';
import { SYSTEM_TIMERS } from '../src/runtime/timers.ts';
import { openServices } from '../src/services.ts';

/**
 * Writes docs/openapi.json from the routes: `npm run docs` does it, and with `--check`, as in `npm run check`, a file that is
 * out of date is an error.
 */

const FILE = join(PROJECT_ROOT, 'docs', 'openapi.json');

/** The OpenAPI document of a service with default settings. */
async function describeRoutes(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'paperdesk-openapi-'));
  try {
    const env = {
      DATABASE_URL: `file:${join(folder, 'store.sqlite')}`,
      MODEL_PACKAGES_DIR: join(folder, 'packages'),
    };
    const config = readConfig({ ...env, MODEL_MANAGER_CACHE_DIR: join(folder, 'factor-models') }, []);
    const log = pino({ level: 'silent' });
    const services = await openServices(config, {
      ...{ clock: { now: Date.now }, timers: SYSTEM_TIMERS, newId: randomUUID },
      log,
    });
    const app = await buildApp(services, config, log);
    await app.ready();
    const document = JSON.stringify(app.swagger(), null, 1);
    await app.close();
    await services.close();
    return `${document}\n`;
  } finally {
    await rm(folder, { recursive: true });
  }
}

const expected = await describeRoutes();
if (process.argv.includes('--check')) {
  if ((await readFile(FILE, 'utf8').catch(() => '')) !== expected) {
    console.error('docs/openapi.json does not describe the routes as they are: run `npm run docs`.');
    process.exitCode = 1;
  }
} else {
  await writeFile(FILE, expected);
}
