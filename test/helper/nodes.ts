import { startTestService, type TestService } from './service.ts';

export interface TestNodes {
  readonly nodes: readonly TestService[];
  close(): Promise<void>;
}

/** Starts warm nodes in this process, each beside the first. @param clocks one per node, ms */
export async function startNodes(clocks: readonly (() => number)[]): Promise<TestNodes> {
  const nodes: TestService[] = [];
  for (const [index, now] of clocks.entries()) {
    const env = { NODE_NAME: `node${index + 1}` };
    const [first] = nodes;
    nodes.push(await startTestService({ now, env, ...(first && { beside: first }) }));
  }
  return {
    nodes,
    async close() {
      for (const node of nodes.toReversed()) await node.close();
    },
  };
}
