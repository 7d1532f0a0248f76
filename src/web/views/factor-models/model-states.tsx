import { Badge } from '../../components/badge.tsx';
import { count as written } from '../../format/numbers.ts';

/** How many warnings there are; none is nothing to be looked at. */
export function WarningCount({ count }: { readonly count: number }) {
  return count === 0 ? <span class="soft">0</span> : <Badge tone="warn">{written(count)}</Badge>;
}

/** Whether changes of a directory are noticed by themselves. */
export function WatchState({ isWatched }: { readonly isWatched: boolean }) {
  return isWatched ? (
    <Badge tone="good" detail="Changes are read by themselves, once the files are quiet">
      watched
    </Badge>
  ) : (
    <Badge detail="MODEL_MANAGER_WATCH_ENABLED is 0: changes are read when you refresh">by hand</Badge>
  );
}

/** Whether a group's model can be handed out and asked. */
export function ReadyState({ isReady }: { readonly isReady: boolean }) {
  return isReady ? (
    <Badge tone="good" detail="The model can be downloaded and asked for predictions">
      ready
    </Badge>
  ) : (
    <Badge tone="warn" detail="There is no readable model, or no list of factors; the warnings say why">
      no model
    </Badge>
  );
}
