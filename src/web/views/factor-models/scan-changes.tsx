import { useLocation } from 'preact-iso/router';
import type { FactorChangesAnswer } from '../../../http/factor-models/schema.ts';
import { EmptyState } from '../../components/messages.tsx';
import { Time } from '../../components/time.tsx';
import { bytes, count, counted } from '../../format/numbers.ts';
import { factorSymbolAddress } from '../../views.ts';

type Scan = FactorChangesAnswer['items'][number];
type GroupChange = Scan['groups'][number];
type ChangeKind = GroupChange['change'];

/** Further names are shown on demand. */
const MAX_NAMES = 12;

const SIGNS: Record<ChangeKind, string> = { added: '+', removed: '−', changed: '~' };

interface ScanChangesProps {
  readonly name: string;
  readonly scans: readonly Scan[];
}

/** The changes that scans found, newest first (factor-models.md#24). */
export function ScanChanges({ name, scans }: ScanChangesProps) {
  if (scans.length === 0) {
    return (
      <EmptyState title="No changes">
        Scans have found no changes since the service started. Added, removed and changed files appear here.
      </EmptyState>
    );
  }
  return (
    <ol class="scans">
      {scans.map((scan) => (
        <li key={scan.scanned_at}>
          <h2>
            <Time at={scan.scanned_at} /> UTC{' '}
            <span class="muted">
              <Time at={scan.scanned_at} show="age" />
            </span>
          </h2>
          <ul class="scan-groups">
            {scan.groups.map((group) => (
              <GroupRow key={group.group_key} name={name} group={group} />
            ))}
          </ul>
          {scan.group_count > scan.groups.length && (
            <p class="muted">and {counted(scan.group_count - scan.groups.length, 'more group')}.</p>
          )}
        </li>
      ))}
    </ol>
  );
}

function GroupRow({ name, group }: { readonly name: string; readonly group: GroupChange }) {
  const { query } = useLocation();
  const { symbol, group_key, change, artifacts, factors_added, factors_removed } = group;
  return (
    <li>
      <p>
        <ChangeMark change={change} />{' '}
        {change === 'removed' ? (
          <b class="user-text">{symbol}</b>
        ) : (
          <a class="user-text" href={factorSymbolAddress(name, symbol, query, group_key)}>
            {symbol}
          </a>
        )}{' '}
        <span class="path">{group_key}</span>
      </p>
      <ul class="scan-files">
        {artifacts.map((file) => (
          <li key={file.kind}>
            <ChangeMark change={file.change} />
            <span class="path">{file.path.slice(file.path.lastIndexOf('/') + 1)}</span>
            <span class="muted">
              {file.change === 'removed' ? (
                'removed'
              ) : (
                <>
                  {file.change}, {bytes(file.size_bytes)}, modified <Time at={file.modified_at} /> UTC
                </>
              )}
            </span>
          </li>
        ))}
        <FactorNames change="added" {...factors_added} />
        <FactorNames change="removed" {...factors_removed} />
      </ul>
    </li>
  );
}

interface FactorNamesProps {
  readonly change: 'added' | 'removed';
  /** May be larger than the number of names. */
  readonly count: number;
  readonly names: readonly string[];
}

function FactorNames({ change, count: total, names }: FactorNamesProps) {
  if (total === 0) return null;
  return (
    <li>
      <ChangeMark change={change} />
      <span>
        {counted(total, 'factor')} {change}
      </span>
      <span class="muted user-text">{names.slice(0, MAX_NAMES).join(', ')}</span>
      {names.length > MAX_NAMES && (
        <details class="muted user-text">
          <summary>and {count(total - MAX_NAMES)} more</summary>
          {names.slice(MAX_NAMES).join(', ')}
          {total > names.length && ' …'}
        </details>
      )}
    </li>
  );
}

/** A sign and a color for sighted readers, a word for screen readers. */
function ChangeMark({ change }: { readonly change: ChangeKind }) {
  return (
    <span class={`change-mark change-${change}`}>
      <span aria-hidden="true">{SIGNS[change]}</span>
      <span class="visually-hidden">{change}</span>
    </span>
  );
}
