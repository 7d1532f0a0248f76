import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { Button } from '../../../components/button.tsx';
import { EmptyState, ErrorNotice } from '../../../components/messages.tsx';
import { searchPackages } from '../../../data/search-packages.ts';
import { useQuery } from '../../../data/use-query.ts';
import { dayRange } from '../../../format/time.ts';
import { FIGURE_NEEDS, MAX_COMPARED } from '../../../service-rules.ts';
import { compareAddress, newReplaysAddress } from '../../../views.ts';
import { FilterBar } from './filter-bar.tsx';
import { filtersOf, isShown } from './filters.ts';
import { type PackageRow, sortedRows } from './package-rows.ts';
import { PackageTable } from './package-table.tsx';
import type { ResultSource } from './results.ts';
import { useRowActions } from './use-row-action.ts';

interface OverviewProps {
  readonly rows: readonly PackageRow[];
  readonly sources: readonly ResultSource[];
  readonly source: ResultSource;
  /** Called with the key of another source. */
  readonly onSource: (key: string) => void;
  /** Called after a change of what packages do. */
  readonly onChanged: () => void;
  readonly defaultId: string | undefined;
}

/** Search, filters and the table of packages. What is chosen is part of the address. */
export function Overview({ rows, sources, source, onSource, onChanged, defaultId }: OverviewProps) {
  const { query, change } = useQuery();
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const actions = useRowActions(onChanged);
  const { q: search = '', show = '', sort } = query;
  const found = new Set(
    searchPackages(
      rows.map(({ one }) => one),
      search,
    ).map(({ id }) => id),
  );
  const shown = sortedRows(
    rows.filter((row) => isShown(row, show) && found.has(row.one.id)),
    sort,
  );
  const tick = (id: string, isTicked: boolean) => {
    const next = new Set(ticked);
    if (isTicked) next.add(id);
    else next.delete(id);
    setTicked(next);
  };
  return (
    <section class="panel packages-overview" aria-label="Overview of packages">
      <FilterBar
        {...{ search }}
        filters={filtersOf(rows)}
        selected={show}
        order={sort}
        onSearch={(text) => change({ q: text || undefined })}
        onSelect={(key) => change({ show: key || undefined })}
        onOrder={(order) => change({ sort: order })}
      >
        {sources.length > 1 && <SourceSelect {...{ sources, source, onSource }} />}
        <TickedButtons ids={rows.map(({ one }) => one.id).filter((id) => ticked.has(id))} source={source} />
      </FilterBar>
      <ErrorNotice error={actions.error} />
      {shown.length === 0 ? (
        <EmptyState title="No package fits">
          {search === ''
            ? 'Choose another filter above.'
            : `Nothing has “${search}” in its name, tags, notes or hashes.`}
        </EmptyState>
      ) : (
        <PackageTable
          rows={shown}
          isReplay={source.range !== undefined}
          order={sort}
          onOrder={(order) => change({ sort: order })}
          ticked={ticked}
          onTick={tick}
          actions={actions}
          defaultId={defaultId}
        />
      )}
    </section>
  );
}

type SourceSelectProps = Pick<OverviewProps, 'sources' | 'source' | 'onSource'>;

/** Live accounts, or the replays of one range; never both in one table. */
function SourceSelect({ sources, source, onSource }: SourceSelectProps) {
  return (
    <label class="source-select">
      <span class="visually-hidden">Results of</span>
      <select value={source.key} onChange={({ currentTarget }) => onSource(currentTarget.value)}>
        {sources.map(({ key, range }) => (
          <option key={key} value={key}>
            {range === undefined
              ? 'Live accounts'
              : `Replays of ${dayRange(range.from, range.to)}, ${range.symbol}`}
          </option>
        ))}
      </select>
    </label>
  );
}

interface TickedButtonsProps {
  /** Of the ticked packages. */
  readonly ids: readonly string[];
  readonly source: ResultSource;
}

function TickedButtons({ ids, source }: TickedButtonsProps) {
  const { query, route } = useLocation();
  if (ids.length === 0) return null;
  const compared = ids.slice(0, MAX_COMPARED);
  const tab = source.range === undefined ? 'live' : 'replays';
  const compare = () => route(compareAddress(tab, { model: query.model, packages: compared.join(',') }));
  return (
    <>
      {ids.length > 1 && (
        <Button size="small" onClick={compare}>{`Compare ticked (${compared.length})`}</Button>
      )}
      <a class="button button-small" href={newReplaysAddress(ids, FIGURE_NEEDS.days, query)}>
        {`Replay ticked (${ids.length})`}
      </a>
    </>
  );
}
