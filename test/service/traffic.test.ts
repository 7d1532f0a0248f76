// promise: docs/security.md "The service speaks to no other host"

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';
import { ROOT_OK } from '../helper/factor-directory.ts';
import { prepareService } from '../helper/restartable-service.ts';
import { waitUntil } from '../helper/wait.ts';
import { createToken } from '../hostile/create-token.ts';

/** Whether this machine lets one process watch the system calls of another. */
const CAN_TRACE = spawnSync('strace', ['-f', '-o', '/dev/null', 'true']).status === 0;
const PRELOADED = pathToFileURL(join(PROJECT_ROOT, 'test', 'helper', 'record-look-ups.js')).href;

test('the service and its processes speak to the exchange alone, and ask for no other name', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'paperdesk-traffic-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [home, temporary, lookUps, trace] = ['home', 'tmp', 'look-ups', 'trace'].map((name) =>
    join(folder, name),
  );
  for (const path of [home!, temporary!]) mkdirSync(path);
  writeFileSync(lookUps!, '');
  // The warm-up starts the second inference process.
  const service = await prepareService({ isFirstStart: true });
  onTestFinished(() => service.remove());
  const calls = ['connect', 'sendto', 'sendmsg', 'sendmmsg'].join();
  const { url, end } = await service.start(
    {
      ...{ HOME: home, XDG_CACHE_HOME: undefined, TMPDIR: temporary },
      ...{ NODE_OPTIONS: `--import ${PRELOADED}`, LOOK_UPS: lookUps },
      // A name, so that the list of names shows that it records.
      EXCHANGE_REST_URL: service.exchangeUrl.replace('127.0.0.1', 'localhost'),
    },
    CAN_TRACE ? ['strace', '-D', '-f', '-qq', '-e', `trace=${calls}`, '-o', trace!] : [],
  );

  // Both inference processes, and the one that reads directories.
  const answer = async (path: string, init?: RequestInit) =>
    (await fetch(`${url}${path}`, init)).json() as Promise<Record<string, unknown>>;
  await waitUntil('the package is warm', async () => {
    return (await answer('/model-packages/ppo_v1')).warmup_status === 'DONE';
  });
  expect(await answer('/paper/ml-signal/ppo_v1')).toMatchObject({ symbol: 'BTCUSDT' });
  const headers = {
    authorization: `Bearer ${await createToken(service.database, 'traffic')}`,
    'content-type': 'application/json',
  };
  const body = JSON.stringify({ model_name: 'ok', root_path: ROOT_OK });
  expect(await answer('/api/models', { method: 'POST', headers, body })).toMatchObject({ model_name: 'ok' });
  expect(await end('SIGTERM')).toBe(0);

  const asked = readFileSync(lookUps!, 'utf8').trim().split('\n');
  expect(new Set(asked.filter((name) => isIP(name) === 0))).toEqual(new Set(['localhost']));
  if (CAN_TRACE) expect(foreign(readFileSync(trace!, 'utf8'))).toEqual([]);
  // Telemetry opens its database with the first model, and speaks some seconds later.
  expect(readdirSync(home!, { recursive: true })).toEqual([]);
  expect(readdirSync(temporary!, { recursive: true })).toEqual([]);
});

/** System calls that reach another machine, or a server of names. */
function foreign(trace: string): string[] {
  const lines = trace.split('\n').filter((line) => /sa_family=AF_INET6?\b/.test(line));
  // Else nothing was traced.
  expect(lines.length).toBeGreaterThan(0);
  return lines.filter(
    (line) => /sin6?_port=htons\(53\)/.test(line) || !/"(127\.[\d.]+|::1|::ffff:127\.[\d.]+)"/.test(line),
  );
}
