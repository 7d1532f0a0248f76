import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'vite';
import { expect, onTestFinished, test, vi } from 'vitest';
import { PROJECT_ROOT } from '../../../src/runtime/project-root.ts';
import { startTestService } from '../../helper/service.ts';

test('the page of the development server may use the service, and pages of others may not through it', async () => {
  const service = await startTestService();
  onTestFinished(() => service.close());
  vi.stubEnv('PAPERDESK_URL', await service.app.listen({ host: '127.0.0.1', port: 0 }));
  onTestFinished(() => void vi.unstubAllEnvs());
  const cacheDir = mkdtempSync(join(tmpdir(), 'paperdesk-vite-'));
  onTestFinished(() => rmSync(cacheDir, { recursive: true }));
  const vite = await createServer({
    configFile: join(PROJECT_ROOT, 'src', 'web', 'vite.config.ts'),
    cacheDir,
    logLevel: 'error',
    optimizeDeps: { noDiscovery: true },
    server: { host: '127.0.0.1', port: 0, hmr: false, ws: false },
  });
  onTestFinished(() => vite.close());
  await vite.listen();
  const { port } = vite.httpServer!.address() as AddressInfo;

  const pause = async (name: string, origin: string) => {
    const url = `http://${name}:${port}/paper/account/ppo_v1/pause`;
    return (await fetch(url, { method: 'POST', headers: { origin } })).status;
  };
  expect(await pause('127.0.0.1', `http://127.0.0.1:${port}`)).toBe(200);
  expect(await pause('127.0.0.1', 'https://evil.example')).toBe(403);
  expect(await pause('127.0.0.1', 'http://127.0.0.1:1')).toBe(403);
});
