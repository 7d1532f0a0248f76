import { useLocation } from 'preact-iso/router';
import type { FactorChangesAnswer } from '../../../http/factor-models/schema.ts';
import { EmptyState } from '../../components/notes.tsx';
import { Time } from '../../components/time.tsx';
import { bytes, count } from '../../format/numbers.ts';
import { symbolAddress } from './addresses.ts';

type Scan = FactorChangesAnswer['items'][number];
type GroupChange = Scan['groups'][number];
type Change = GroupChange['change'];

const NAMES_AT_ONCE = 12;

const SIGNS: Record<Change, string> = { added: '+', removed: '−', changed: '~' };

interface ScanChangesProps {
  readonly name: string;
  readonly scans: readonly Scan[];
}

/** What the last scans found to be different, newest first. */
export function ScanChanges({ name, scans }: ScanChangesProps) {
  if (scans.length === 0) {
    return (
      <EmptyState title="Nothing has changed">
        Since the service was started, every scan found the files as they were. A file that is added, removed
        or rewritten is told here with its time.
      </EmptyState>
    );
  }
  return (
    <ol class="scans">
      {scans.map((scan) => (
        <li key={scan.scanned_at}>
          <h3>
            <Time at={scan.scanned_at} /> UTC{' '}
            <span class="soft">
              <Time at={scan.scanned_at} show="age" />
            </span>
          </h3>
          <ul class="scan-groups">
            {scan.groups.map((group) => (
              <GroupRow key={group.group_key} name={name} group={group} />
            ))}
          </ul>
          {scan.group_count > scan.groups.length && (
            <p class="soft">and {count(scan.group_count - scan.groups.length)} groups more.</p>
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
          <b class="foreign">{symbol}</b>
        ) : (
          <a class="foreign" href={symbolAddress(name, symbol, query, group_key)}>
            {symbol}
          </a>
        )}{' '}
        <span class="path">{group_key}</span>
      </p>
      <ul class="scan-files">
        {artifacts.map((file) => (
          <li key={file.kind}>
            <ChangeMark change={file.change} />
            <span class="path">{fileName(file.path)}</span>
            <span class="soft">
              {file.change === 'removed' ? 'removed' : `${file.change}, ${bytes(file.size_bytes)}, written `}
              {file.change !== 'removed' && <Time at={file.modified_at} />}
              {file.change !== 'removed' && ' UTC'}
            </span>
          </li>
        ))}
        <Names words={['new factor', 'new factors']} sign="added" {...factors_added} />
        <Names words={['factor gone', 'factors gone']} sign="removed" {...factors_removed} />
      </ul>
    </li>
  );
}

interface NamesProps {
  /** For one, and for several. */
  readonly words: readonly [string, string];
  readonly sign: Change;
  readonly count: number;
  readonly names: readonly string[];
}

function Names({ words, sign, count: all, names }: NamesProps) {
  if (all === 0) return null;
  return (
    <li>
      <ChangeMark change={sign} />
      <span>
        {count(all)} {words[all === 1 ? 0 : 1]}
      </span>
      <span class="soft foreign">{names.slice(0, NAMES_AT_ONCE).join(', ')}</span>
      {names.length > NAMES_AT_ONCE && (
        <details class="soft foreign">
          <summary>and {count(all - NAMES_AT_ONCE)} more</summary>
          {names.slice(NAMES_AT_ONCE).join(', ')}
          {all > names.length && ' …'}
        </details>
      )}
    </li>
  );
}

/** A sign and a colour; the word stands beside it or is read out. */
function ChangeMark({ change }: { readonly change: Change }) {
  return (
    <span class={`change-mark change-${change}`}>
      <span aria-hidden="true">{SIGNS[change]}</span>
      <span class="visually-hidden">{change}</span>
    </span>
  );
}

const fileName = (path: string) => path.slice(path.lastIndexOf('/') + 1);
