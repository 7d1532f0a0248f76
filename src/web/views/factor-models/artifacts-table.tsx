import type { SymbolDetailAnswer } from '../../../http/factor-models/schema.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/notes.tsx';
import { Time } from '../../components/time.tsx';
import { bytes } from '../../format/numbers.ts';

type Artifacts = SymbolDetailAnswer['artifacts'];
type Artifact = Artifacts[string];

/** All files of a group begin with its key. */
const SUFFIX = /_[a-z]+\.[a-z]+$/;

/** The files of a group, with size and time. */
export function ArtifactsTable({ artifacts }: { readonly artifacts: Artifacts }) {
  return (
    <DataTable
      caption="Files of the group"
      columns={COLUMNS}
      rows={Object.values(artifacts)}
      rowKey={({ path }) => path}
      empty={<EmptyState title="No files">They are gone since the last scan.</EmptyState>}
    />
  );
}

const COLUMNS: readonly Column<Artifact>[] = [
  {
    key: 'path',
    label: 'File',
    value: ({ path }) => path,
    cell: ({ path }) => (
      <code class="soft" title={path}>
        {SUFFIX.exec(path)?.[0] ?? path}
      </code>
    ),
  },
  {
    key: 'size',
    label: 'Size',
    isNumber: true,
    value: (one) => one.size_bytes,
    cell: (one) => bytes(one.size_bytes),
  },
  {
    key: 'modified',
    label: 'Written',
    unit: 'UTC',
    value: (one) => one.modified_at,
    cell: (one) => <Time at={one.modified_at} show="both" />,
  },
];
