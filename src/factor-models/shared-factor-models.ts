import type { Cluster } from '../cluster/cluster.ts';
import { readParts } from '../cluster/node-report.ts';
import { PaperdeskError } from '../errors.ts';
import type { FactorModels } from './factor-models.ts';
import type { FactorSnapshot } from './factor-snapshot.ts';

/** The part of a node's report that lists the models whose directories it has read. */
const PART = 'factor-models';

/**
 * The models of a node among others. All nodes have the same registrations, but a directory may be on the disks of some
 * nodes only (factor-models.md#33). A node without it refuses requests and names those that have it. It does not pass
 * them on: that would send tokens of clients to an address that another node reports.
 */
export function createSharedFactorModels(
  models: FactorModels,
  cluster: Pick<Cluster, 'node' | 'nodes' | 'reportPart'>,
): FactorModels {
  const { node } = cluster;
  cluster.reportPart(PART, models.read);

  async function nodesByModel(): Promise<ReadonlyMap<string, readonly string[]>> {
    const reports = await readParts<unknown>(cluster, PART);
    const others = reports.filter((one) => one.node.id !== node.id);
    // What this node has reported is some seconds old.
    const lists = [...others, { node, part: models.read() }];
    const byModel = new Map<string, Set<string>>();
    for (const { node: reader, part } of lists) {
      for (const model of namesIn(part)) {
        byModel.set(model, (byModel.get(model) ?? new Set()).add(reader.name));
      }
    }
    return new Map(Array.from(byModel, ([model, names]) => [model, [...names].sort()]));
  }

  async function notHere({ modelName, rootPath }: FactorSnapshot): Promise<PaperdeskError> {
    const having = (await nodesByModel()).get(modelName) ?? [];
    const advice =
      having.length === 0
        ? 'No other node that is alive has read it, either.'
        : `Send the request to a node that has it: ${having.join(', ')}.`;
    const sentence = `The node ${node.name} cannot read ${rootPath}, the directory of ${modelName}.`;
    return new PaperdeskError('FACTOR_ROOT_NOT_HERE', `${sentence} ${advice}`);
  }

  /** Says on which node a directory cannot be used. */
  function onThisNode(error: unknown): unknown {
    if (!isRootInvalid(error)) return error;
    const detail = `${error.message.replace(/\.$/, '')}. The node ${node.name} looked for it on its own machine.`;
    return new PaperdeskError('FACTOR_ROOT_INVALID', detail, { cause: error });
  }

  async function snapshot(name: string): Promise<FactorSnapshot> {
    const newest = await models.snapshot(name);
    if (newest.scannedAt === null) throw await notHere(newest);
    return newest;
  }

  return {
    ...models,
    nodes: nodesByModel,
    snapshot,

    async changes(name) {
      await snapshot(name);
      return models.changes(name);
    },

    async register(name, root) {
      return models.register(name, root).catch((error: unknown) => {
        throw onThisNode(error);
      });
    },

    async refresh(name) {
      const before = await models.snapshot(name);
      return models.refresh(name).catch(async (error: unknown) => {
        throw isRootInvalid(error) && before.scannedAt === null ? await notHere(before) : onThisNode(error);
      });
    },
  };
}

function isRootInvalid(error: unknown): error is PaperdeskError {
  return error instanceof PaperdeskError && error.code === 'FACTOR_ROOT_INVALID';
}

/** The names in a report, which is as trustworthy as the database. */
function namesIn(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((name) => typeof name === 'string') : [];
}
