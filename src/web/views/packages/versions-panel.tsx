import { useLocation } from 'preact-iso/router';
import type { ModelPackageAnswer } from '../../../http/packages/schema.ts';
import { AliasChips } from '../../components/alias-chips.tsx';
import { Panel } from '../../components/panel.tsx';
import { Time } from '../../components/time.tsx';
import { packageAddress } from '../../views.ts';
import { versionsOf } from './versions.ts';

interface VersionsPanelProps {
  readonly one: ModelPackageAnswer;
  readonly all: readonly ModelPackageAnswer[];
}

/** The versions of a package, oldest first; nothing where it is the only one. */
export function VersionsPanel({ one, all }: VersionsPanelProps) {
  const { query } = useLocation();
  const versions = versionsOf(one, all);
  if (versions.length < 2) return null;
  return (
    <Panel title="Versions">
      <ol class="version-list">
        {versions.map((version) => (
          <li key={version.id} class="row" aria-current={version.id === one.id ? 'true' : undefined}>
            <span class="muted">{version.version}</span>
            {version.id === one.id ? (
              <b class="user-text">{version.name}</b>
            ) : (
              <a class="user-text" href={packageAddress(version.id, query)}>
                {version.name}
              </a>
            )}
            <AliasChips aliases={version.aliases} />
            <span class="muted small">
              <Time at={version.created_at} /> UTC
            </span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
