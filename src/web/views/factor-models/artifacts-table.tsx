import type { SymbolDetailAnswer } from '../../../http/factor-models/symbols/schema.ts';
import { type Column, numberColumn, timeColumn } from '../../components/columns.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/messages.tsx';
import { bytes } from '../../format/numbers.ts';

type Artifacts = SymbolDetailAnswer['artifacts'];

/** File names of a group differ in their suffixes only (factor-models.md#1). */
const SUFFIX = /_[a-z]+\.[a-z]+$/;

const COLUMNS: readonly Column<Artifacts[string]>[] = [
  {
    label: 'File',
    value: ({ path }) => path,
    cell: ({ path }) => (
      <code class="muted" title={path}>
        {SUFFIX.exec(path)?.[0] ?? path}
      </code>
    ),
  },
  numberColumn('Size', (one) => one.size_bytes, bytes),
  timeColumn('Modified', (one) => one.modified_at, { show: 'both' }),
];

/** The files of a group. */
export function ArtifactsTable({ artifacts }: { readonly artifacts: Artifacts }) {
  return (
    <DataTable
      caption="Files of the group"
      columns={COLUMNS}
      rows={Object.values(artifacts)}
      rowKey={({ path }) => path}
      empty={<EmptyState title="No files">The last scan found no files of this group.</EmptyState>}
    />
  );
}
