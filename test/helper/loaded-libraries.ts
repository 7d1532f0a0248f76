import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { prepareService } from './restartable-service.ts';
import { waitUntil } from './wait.ts';

interface Coverage {
  readonly result: readonly { readonly url: string }[];
}

/**
 * The libraries that the built service loads until it has decided: Node writes the scripts of every process and thread
 * into a folder when they end.
 */
export async function librariesLoadedBy(env: NodeJS.ProcessEnv): Promise<string[]> {
  const scripts = await mkdtemp(join(tmpdir(), 'paperdesk-scripts-'));
  const service = await prepareService({ isFirstStart: true });
  onTestFinished(async () => {
    await service.remove();
    await rm(scripts, { recursive: true, force: true });
  });
  const { url, end } = await service.start({ ...env, NODE_V8_COVERAGE: scripts });
  const hasDecided = async () => {
    const answer = await fetch(`${url}/paper/signal`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model_id: 'ppo_v1' }),
    });
    return ((await answer.json()) as { reason: string | null }).reason === 'DECIDED';
  };
  await waitUntil('the default package has decided', hasDecided, 250);
  expect(await end('SIGTERM')).toBe(0);

  const libraries = new Set<string>();
  for (const file of await readdir(scripts)) {
    const { result } = JSON.parse(await readFile(join(scripts, file), 'utf8')) as Coverage;
    for (const { url } of result) {
      const library = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1];
      if (library !== undefined) libraries.add(library);
    }
  }
  return [...libraries];
}
