import { useState } from 'preact/hooks';
import type { PackageDiffAnswer } from '../../../http/packages/diff-schema.ts';
import type { ModelPackageAnswer } from '../../../http/packages/schema.ts';
import { CheckboxField, SelectField } from '../../components/fields.tsx';
import { Panel } from '../../components/panel.tsx';
import { WhenLoaded } from '../../components/when-loaded.tsx';
import { packageName } from '../../data/packages.ts';
import { useJson } from '../../data/resource.ts';
import { withSegments } from '../../data/urls.ts';
import { useQuery } from '../../data/use-query.ts';
import { count, counted } from '../../format/numbers.ts';
import { DiffResults } from './diff-results.tsx';
import { diffText } from './diff-text.ts';

interface DiffPanelProps {
  readonly one: ModelPackageAnswer;
  readonly all: readonly ModelPackageAnswer[];
}

/** This package side by side with another one, which the address names. */
export function DiffPanel({ one, all }: DiffPanelProps) {
  const { query, change } = useQuery();
  const others = all.filter(({ id }) => id !== one.id);
  if (others.length === 0) return null;
  const other = others.find(({ id }) => id === query.against);
  return (
    <Panel title="Beside another package">
      <SelectField
        label="Other package"
        value={other?.id ?? ''}
        options={[
          ['', 'Choose one'],
          ...others.map(({ id, name }) => [id, name === id ? id : `${name} (${id})`] as const),
        ]}
        onChange={(id) => change({ against: id || undefined })}
      />
      {other !== undefined && <Diff key={`${one.id} ${other.id}`} a={one.id} b={other.id} />}
    </Panel>
  );
}

interface DiffProps {
  /** Ids of packages. */
  readonly a: string;
  readonly b: string;
}

function Diff({ a, b }: DiffProps) {
  const [showsEqual, setShowsEqual] = useState(false);
  const diff = useJson<PackageDiffAnswer>(withSegments('/model-packages', a, 'diff', b));
  return (
    <WhenLoaded resource={diff} lines={6}>
      {({ rows, differences, results }) => {
        const shown = rows.filter(({ equal }) => showsEqual || !equal);
        return (
          <>
            <div class="row spread">
              <p class="strong">
                {differences === 0
                  ? `All ${count(rows.length)} values are equal.`
                  : `${counted(differences, 'difference')} in ${counted(rows.length, 'value')}.`}
              </p>
              <CheckboxField label="Show equal values" checked={showsEqual} onChange={setShowsEqual} />
            </div>
            <DiffResults results={results} a={packageName(a)} b={packageName(b)} />
            {shown.length > 0 && <DiffTable rows={shown} a={packageName(a)} b={packageName(b)} />}
          </>
        );
      }}
    </WhenLoaded>
  );
}

interface DiffTableProps extends DiffProps {
  readonly rows: PackageDiffAnswer['rows'];
}

function DiffTable({ rows, a, b }: DiffTableProps) {
  return (
    <section class="table-scroller" aria-label="Differences">
      <table class="table diff-table">
        <caption class="visually-hidden">{`${a} beside ${b}`}</caption>
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col" class="user-text">
              {a}
            </th>
            <th scope="col" class="user-text">
              {b}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.section} ${row.path}`} class={row.equal ? undefined : 'diff-row'}>
              <th scope="row">
                <code class="user-text">{row.path}</code> <span class="muted small">{row.section}</span>
              </th>
              <td>{diffText(row.a)}</td>
              <td>{diffText(row.b)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
