import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runBuiltCommand } from '../helper/command.ts';
import { prepareService, type RestartableService } from '../helper/restartable-service.ts';
import { packageForm } from '../helper/upload.ts';
import { findInconsistencies } from './consistency.ts';
import { send, uniqueName } from './http-client.ts';

let service: RestartableService;
beforeAll(async () => {
  service = await prepareService();
});
afterAll(() => service.remove());

test('backup and restore commands work while the service runs', async () => {
  const { url } = await service.start();
  const name = uniqueName('saved');
  expect(
    (await send(`${url}/model-packages/upload`, { method: 'POST', body: await packageForm(name) }))?.status,
  ).toBe(201);
  const runCommand = (command: string, args: string[], home: string) =>
    runBuiltCommand(command, args, {
      DATABASE_URL: `file:${join(home, 'paperdesk.sqlite')}`,
      MODEL_PACKAGES_DIR: join(home, 'packages'),
    });
  const folder = join(service.folder, 'backup');
  expect((await runCommand('backup', ['--to', folder], service.folder)).out).toMatch(
    /the store and 1 package, [\d,]+ bytes in 4 files/,
  );
  expect(await runCommand('backup', ['--to', folder], service.folder)).toMatchObject({
    code: 1,
    err: expect.stringMatching(/is not empty, it has \S+ for example/),
  });
  expect(await runCommand('restore', [], service.folder)).toMatchObject({ code: 2 });
  expect(await runCommand('restore', ['--from', folder], service.folder)).toMatchObject({
    code: 1,
    err: expect.stringMatching(/exists already/),
  });

  const restoredFolder = join(service.folder, 'restored');
  expect((await runCommand('restore', ['--from', folder], restoredFolder)).out).toMatch(
    /Restored the store of/,
  );
  const restored = await prepareService({ folder: restoredFolder });
  try {
    const next = await restored.start();
    expect((await send(`${next.url}/model-packages/${name}`))?.status).toBe(200);
    expect(findInconsistencies(restored)).toEqual([]);
  } finally {
    await restored.remove();
  }
});
