import { Badge } from '../../components/badge.tsx';
import { count } from '../../format/numbers.ts';

/** The number of warnings, highlighted if there are any. */
export function WarningCount({ warnings }: { readonly warnings: readonly string[] }) {
  const text = count(warnings.length);
  return warnings.length === 0 ? <span class="muted">{text}</span> : <Badge tone="warn">{text}</Badge>;
}

/** Whether the service watches the directory for changes (factor-models.md#23). */
export function WatchBadge({ isWatched }: { readonly isWatched: boolean }) {
  return isWatched ? (
    <Badge tone="good" detail="Changes are read automatically, once the files stop changing">
      watched
    </Badge>
  ) : (
    <Badge detail="MODEL_MANAGER_WATCH_ENABLED is 0: changes are read by “Scan now” only">not watched</Badge>
  );
}

/** Whether the group has a model for downloads and predictions (factor-models.md#9). */
export function ReadyBadge({ isReady }: { readonly isReady: boolean }) {
  return isReady ? (
    <Badge tone="good" detail="The model can be downloaded and used for predictions">
      ready
    </Badge>
  ) : (
    <Badge tone="warn" detail="There is no readable model or no list of factors; see the warnings">
      no model
    </Badge>
  );
}
