import { z } from 'zod';
import type { NodeState } from '../../cluster/cluster.ts';
import { isoTime } from '../../runtime/iso-time.ts';
import { nodeParts, partsOf } from '../../services/node-parts.ts';
import { time } from './fields.ts';

const { memory, inference, jobs, address } = nodeParts;

/** A node that is alive. What it does not report is null. */
export const nodeAnswer = z
  .object({
    id: z.string().describe('another one after each start'),
    name: z.string().describe('NODE_NAME'),
    role: z.enum(['all', 'api', 'worker']),
    version: z.string(),
    is_answering: z.boolean().describe('whether this node sends the answer'),
    started_at: time,
    heartbeat_age_seconds: z.number().describe('time since its last heartbeat'),
    leases: z.array(z.string()).describe('what this node alone does at present'),
    memory: memory.nullable(),
    inference: inference.nullable(),
    jobs: jobs.nullable(),
    address: address.nullable(),
  })
  .meta({ id: 'Node' });

export type NodeAnswer = z.infer<typeof nodeAnswer>;

/** @param ownId id of the node that answers */
export function answerOfNode(state: NodeState, ownId: string): NodeAnswer {
  const { id, name, role, version, startedAt, heartbeatAgeMs, leases, report } = state;
  return {
    ...{ id, name, role, version },
    is_answering: id === ownId,
    started_at: isoTime(startedAt),
    heartbeat_age_seconds: Math.round(heartbeatAgeMs) / 1000,
    leases: [...leases],
    ...partsOf(report),
  };
}
