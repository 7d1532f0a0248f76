import type { SystemAnswer } from '../../../http/system/schema.ts';
import { Badge } from '../../components/badge.tsx';
import { type Column, numberColumn } from '../../components/columns.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/messages.tsx';
import { ResourcePanel } from '../../components/panel.tsx';
import { StateBadge } from '../../components/status-badges.tsx';
import type { Resource } from '../../data/resource.ts';
import { bytes, count, counted, NO_VALUE } from '../../format/numbers.ts';
import { duration } from '../../format/time.ts';
import { INFERENCE_STATE } from './inference.tsx';

type Node = SystemAnswer['nodes'][number];

const ROLES: Record<Node['role'], string> = {
  all: 'markets and jobs',
  api: 'markets, no jobs',
  worker: 'jobs only',
};

/** A node sends a heartbeat every 2 s, so one that is later than this has missed one. */
const LATE_SECONDS = 4;

const isDesktopOnly = true;

const COLUMNS: readonly Column<Node>[] = [
  {
    label: 'Node',
    value: ({ name }) => name,
    cell: ({ name, is_answering, address, version }) => (
      <>
        <b class="user-text">{name}</b> {is_answering && <Badge tone="info">answers this page</Badge>}
        <p class="muted small">
          {version}
          {address !== null && <span class="desktop-only">, {address}</span>}
        </p>
      </>
    ),
  },
  {
    label: 'Heartbeat',
    value: (one) => one.heartbeat_age_seconds,
    cell: ({ heartbeat_age_seconds: seconds }) => (
      <>
        {seconds > LATE_SECONDS ? <Badge tone="warn">late</Badge> : <Badge tone="good">alive</Badge>}
        <p class="muted small">{duration(seconds * 1000)} ago</p>
      </>
    ),
  },
  {
    label: 'Role',
    isDesktopOnly,
    value: ({ role }) => role,
    cell: ({ role }) => <Role role={role} />,
  },
  {
    label: 'Models',
    isDesktopOnly,
    value: ({ inference }) => inference?.state,
    cell: ({ inference }) => <Inference inference={inference} />,
  },
  numberColumn('Memory', ({ memory }) => memory?.resident_bytes, bytes, { isDesktopOnly }),
  numberColumn('Of models', ({ memory }) => memory?.models_bytes, bytes, { isDesktopOnly }),
  { label: 'Jobs', isDesktopOnly, value: ({ jobs }) => jobs?.length, cell: jobsOf },
  {
    label: 'Leases',
    isDesktopOnly,
    value: ({ leases }) => leases.length,
    cell: ({ leases }) => <Leases leases={leases} />,
  },
  {
    label: 'Work',
    isPhoneOnly: true,
    cell: (node) => (
      <>
        <Role role={node.role} />
        <p>
          Models <Inference inference={node.inference} />
        </p>
        <p>Memory {bytes(node.memory?.resident_bytes)}</p>
        <p>Jobs {jobsOf(node)}</p>
        <Leases leases={node.leases} />
      </>
    ),
  },
];

function Role({ role }: Pick<Node, 'role'>) {
  return (
    <>
      {role}
      <p class="muted small">{ROLES[role]}</p>
    </>
  );
}

function Inference({ inference }: Pick<Node, 'inference'>) {
  if (inference === null) return <>{NO_VALUE}</>;
  return <StateBadge labels={INFERENCE_STATE} state={inference.state} />;
}

function jobsOf({ jobs }: Node): string {
  if (jobs === null) return NO_VALUE;
  return jobs.length === 0 ? 'none' : jobs.map(({ kind, running }) => `${count(running)} ${kind}`).join(', ');
}

function Leases({ leases }: Pick<Node, 'leases'>) {
  if (leases.length === 0) return <>no lease</>;
  return (
    <details>
      <summary>{counted(leases.length, 'lease')}</summary>
      <p class="small user-text">{leases.join(', ')}</p>
    </details>
  );
}

/** The nodes of a cluster and which does what; nothing for a service that is one process. */
export function Nodes({ system }: { readonly system: Resource<SystemAnswer> }) {
  if (system.data.value?.is_cluster !== true) return null;
  return (
    <ResourcePanel title="Nodes" resource={system} lines={3} flush>
      {({ nodes }) => (
        <DataTable
          caption="Nodes"
          columns={COLUMNS}
          rows={nodes}
          rowKey={({ id }) => id}
          pageSize={20}
          empty={<EmptyState title="No node is known">The database does not answer.</EmptyState>}
        />
      )}
    </ResourcePanel>
  );
}
