import type { ComparisonAnswer } from '../../../http/comparison/schema.ts';
import type { ModelPackageAnswer } from '../../../http/packages/schema.ts';
import type { SystemAnswer } from '../../../http/system/schema.ts';
import { ErrorNotice } from '../../components/messages.tsx';
import { ViewHeader } from '../../components/view-header.tsx';
import { WhenLoaded } from '../../components/when-loaded.tsx';
import { packages } from '../../data/packages.ts';
import { useJson } from '../../data/resource.ts';
import { useQuery } from '../../data/use-query.ts';
import { useSystem } from '../../data/use-system.ts';
import { totalsByState } from './overview/filters.ts';
import { headlineOf, selectionSentence, sourceSentence } from './overview/headline.ts';
import { Overview } from './overview/overview.tsx';
import { type PackageRow, packageRows } from './overview/package-rows.ts';
import { defaultSource, type ResultSource, resultSources } from './overview/results.ts';
import { DropZone } from './upload/drop-zone.tsx';
import { UploadCard } from './upload/upload-card.tsx';
import { uploads } from './upload/uploads.ts';

/** Results follow each decision, and each event of many accounts would ask for all of them again. */
const RESULTS_INTERVAL_MS = 5000;
/** No event says that a loop has gone silent. */
const STATES_INTERVAL_MS = 30_000;

/** All packages with their accounts and results, and uploads of further ones. */
export function PackageList() {
  const comparison = useJson<ComparisonAnswer>('/paper/compare?kind=all', {
    reloadOn: ['equity', 'account', 'position', 'replay'],
    minIntervalMs: RESULTS_INTERVAL_MS,
  });
  const system = useSystem({
    reloadOn: ['package', 'account', 'decision'],
    minIntervalMs: RESULTS_INTERVAL_MS,
    everyMs: STATES_INTERVAL_MS,
  });
  return (
    <>
      <ErrorNotice error={comparison.error.value} onRetry={comparison.reload} />
      <WhenLoaded resource={packages} lines={8}>
        {(all) => (
          <Loaded
            all={all}
            results={comparison.data.value?.items ?? []}
            system={system.data.value}
            onChanged={system.reload}
          />
        )}
      </WhenLoaded>
    </>
  );
}

interface LoadedProps {
  readonly all: readonly ModelPackageAnswer[];
  readonly results: ComparisonAnswer['items'];
  readonly system: SystemAnswer | undefined;
  readonly onChanged: () => void;
}

function Loaded({ all, results, system, onChanged }: LoadedProps) {
  const { query, change } = useQuery();
  const sources = resultSources(results);
  const source = sources.find(({ key }) => key === query.results) ?? defaultSource(sources);
  const rows = packageRows(all, source, system?.accounts ?? []);
  const maxBytes = system?.upload_max_bytes;
  return (
    <>
      <ViewHeader
        title="Packages"
        headline={headlineOf(rows)}
        detail={detailOf(rows, source)}
        actions={<DropZone maxBytes={maxBytes} />}
      />
      {uploads.value.length > 0 && (
        <div class="uploads">
          {uploads.value.map((upload) => (
            <UploadCard key={upload.key} upload={upload} maxBytes={maxBytes} />
          ))}
        </div>
      )}
      {all.length > 0 && (
        <Overview
          {...{ rows, sources, source, onChanged }}
          defaultId={system?.default_package_id}
          onSource={(key) => change({ results: key })}
        />
      )}
    </>
  );
}

function detailOf(rows: readonly PackageRow[], source: ResultSource): string {
  const sentences = [sourceSentence(source), selectionSentence(rows), totalsByState(rows)];
  return sentences.filter((sentence) => sentence !== undefined).join(' ');
}
