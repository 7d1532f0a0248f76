import type { ReplayAnswer } from '../../../../http/replays/schema.ts';
import { replayName } from '../run.ts';

interface RunSwitchProps {
  /** Of the package, the newest first; counterfactuals are not among them. */
  readonly replays: readonly ReplayAnswer[];
  /** The replay that is shown; undefined for the live account. */
  readonly shown: ReplayAnswer | undefined;
  /** The one that the desk would open. */
  readonly preferred: ReplayAnswer | undefined;
  /** undefined for the live account. */
  readonly onShow: (replayId: string | undefined) => void;
}

/** Says which run the desk shows, and shows another one. */
export function RunSwitch({ replays, shown, preferred, onShow }: RunSwitchProps) {
  const offered = shown ?? preferred ?? replays[0];
  if (offered === undefined) return <span class="badge">Live account</span>;
  const others = replays.some(({ id }) => id === offered.id) ? replays : [offered, ...replays];
  return (
    <>
      <fieldset class="segmented-control run-switch">
        <legend class="visually-hidden">Run</legend>
        <button type="button" aria-pressed={shown !== undefined} onClick={() => onShow(offered.id)}>
          {replayName(offered)}
        </button>
        <button type="button" aria-pressed={shown === undefined} onClick={() => onShow(undefined)}>
          Live account
        </button>
      </fieldset>
      {others.length > 1 && (
        <select
          class="filter-select"
          aria-label="Replay"
          value={shown?.id ?? ''}
          onChange={(event) => onShow(event.currentTarget.value)}
        >
          {shown === undefined && <option value="">{others.length} replays</option>}
          {others.map((one) => (
            <option key={one.id} value={one.id}>
              {replayName(one)}
            </option>
          ))}
        </select>
      )}
    </>
  );
}
