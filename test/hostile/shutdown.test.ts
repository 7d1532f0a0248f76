// promise: docs/security.md "SIGTERM ends the service within 10 s"

import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ROOT_OK } from '../helper/factor-directory.ts';
import { isAlive } from '../helper/process.ts';
import { prepareService, type RestartableService } from '../helper/restartable-service.ts';
import { repetitions } from '../helper/run-length.ts';
import { packageForm } from '../helper/upload.ts';
import { waitUntil } from '../helper/wait.ts';
import { findInconsistencies } from './consistency.ts';
import { createToken } from './create-token.ts';
import { send, uniqueName } from './http-client.ts';
import { connectTo } from './raw-connection.ts';
import { report } from './report.ts';

let service: RestartableService;
beforeAll(async () => {
  // The warm-up starts the second inference process.
  service = await prepareService({ isFirstStart: true });
});
afterEach(() => service.process.end('SIGTERM'));
afterAll(() => service.remove());

// Only Linux lists the children of a process.
test.runIf(process.platform === 'linux')(
  'SIGTERM ends the service in time though a forecast and a scan hang',
  async () => {
    const { url, child, end } = await service.start();
    const decide = () => send(`${url}/paper/ml-signal/ppo_v1`);
    const model = `${url}/model-packages/ppo_v1`;
    await waitUntil('the package is warm', async () => (await send(model))?.body.warmup_status === 'DONE');
    expect((await decide())?.status).toBe(200);
    const token = await createToken(service.database, 'hung');
    const json = { model_name: 'hung', root_path: ROOT_OK };
    expect((await send(`${url}/api/models`, { method: 'POST', token, json }))?.status).toBe(200);

    const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ');
    expect(children.length).toBeGreaterThanOrEqual(3);
    for (const pid of children) process.kill(Number(pid), 'SIGSTOP');
    const hanging = [
      send(`${url}/api/models/hung/refresh`, { method: 'POST', token }),
      // The service polls it by itself, and waits for the forecast.
      send(model, { method: 'PATCH', json: { auto_trade: true } }),
      decide(),
    ];
    await waitUntil('a forecast is under way', async () => {
      const facts = (await send(`${url}/api/system`))?.body.inference as { pending: number };
      return facts.pending > 0;
    });
    expect(await end('SIGTERM'), service.process.output()).toBe(0);
    await Promise.all(hanging);
    for (const pid of children) await waitUntil(`process ${pid} has ended`, () => !isAlive(Number(pid)));
  },
);

test('SIGTERM under load: finishes running requests, refuses new ones, closes the database, exits 0', async () => {
  const rounds = repetitions(10, 1);
  for (let round = 0; round < rounds; round++) {
    const { url, end } = await service.start();
    const stream = await connectTo(url);
    stream.write('GET /events HTTP/1.1\r\nhost: x\r\n\r\n');
    const idle = await connectTo(url);
    const halfOpen = await connectTo(url);
    halfOpen.write(
      'POST /paper/signal HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{',
    );
    const name = uniqueName('last');
    const upload = send(`${url}/model-packages/upload`, { method: 'POST', body: await packageForm(name) });
    let stopped = false;
    const reads = Array.from({ length: 10 }, async () => {
      while (!stopped) {
        const reply = await send(`${url}/paper/account/ppo_v1`);
        if (reply === undefined) return;
        expect([200, 503]).toContain(reply.status);
      }
    });
    await delay(100 + round * 30);
    const code = await end('SIGTERM');
    stopped = true;
    await Promise.all(reads);
    expect(code, service.process.output()).toBe(0);
    expect(existsSync(`${service.database}-wal`)).toBe(false);
    expect(await send(`${url}/health`)).toBe(undefined);
    for (const socket of [stream, idle, halfOpen]) socket.destroy();
    const uploaded = await upload;
    if (uploaded?.status === 201) {
      const next = await service.start();
      expect((await send(`${next.url}/model-packages/${name}`))?.status).toBe(200);
      expect(findInconsistencies(service)).toEqual([]);
      await next.end('SIGTERM');
    }
  }
  report('shutdowns', { rounds });
});
