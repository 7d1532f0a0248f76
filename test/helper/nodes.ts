import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { createTestDatabase } from './postgres-databases.ts';
import { startTestService, type TestService } from './service.ts';
import { warmedUp } from './upload.ts';

export interface TestNodes {
  readonly nodes: readonly TestService[];
  close(): Promise<void>;
}

/** Starts nodes in this process, on one PostgreSQL database and one folder of packages. @param clocks one per node, ms */
export async function startNodes(clocks: readonly (() => number)[]): Promise<TestNodes> {
  const { url, drop } = await createTestDatabase(inject('postgresUrl') as string);
  const folder = await mkdtemp(join(tmpdir(), 'paperdesk-nodes-'));
  const nodes: TestService[] = [];
  for (const [index, now] of clocks.entries()) {
    const env = { DATABASE_URL: url, MODEL_PACKAGES_DIR: folder, NODE_NAME: `node${index + 1}` };
    // All of them use the exchange of the first, by its clock.
    const exchange = nodes[0]?.exchange;
    const urls =
      exchange && ({ EXCHANGE_REST_URL: exchange.restUrl, EXCHANGE_WS_URL: exchange.wsUrl } as const);
    nodes.push(await startTestService({ now, env: { ...env, ...urls } }));
  }
  await Promise.all(nodes.map(({ app }) => warmedUp(app, 'ppo_v1')));
  return {
    nodes,
    async close() {
      for (const node of nodes.toReversed()) await node.close();
      await drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
