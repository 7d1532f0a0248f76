import { type ComponentChildren, Fragment } from 'preact';
import { Button } from '../../components/button.tsx';
import { MAX_COMPARED } from '../../service-rules.ts';
import type { ComparedAccount } from './compared-account.ts';
import { replaced } from './selection.ts';
import type { Selection } from './use-selection.ts';

interface SwitchersProps {
  readonly candidates: readonly ComparedAccount[];
  readonly selection: Selection;
  /** What they have in common. */
  readonly children: ComponentChildren;
}

/** Chooses what is compared: a first one against a second one, and up to five more. */
export function Switchers({ candidates, selection: { chosen, choose }, children }: SwitchersProps) {
  const keys = chosen.map(({ key }) => key);
  const others = candidates.filter(({ key }) => !keys.includes(key));
  const [first, second, ...rest] = keys;
  return (
    <div class="row switchers">
      {chosen.map(({ key, name }, place) => (
        <Fragment key={place}>
          {place > 0 && <span class="muted">{place === 1 ? 'against' : 'and'}</span>}
          <select
            aria-label={`Compared ${place + 1}`}
            value={key}
            onChange={({ currentTarget }) => choose(replaced(keys, place, currentTarget.value))}
          >
            {candidates.map((one) => (
              <option key={one.key} value={one.key}>
                {one.name}
              </option>
            ))}
          </select>
          {place > 1 && (
            <Button
              size="small"
              kind="quiet"
              label={`Leave out ${name}`}
              onClick={() => choose(keys.filter((one) => one !== key))}
            >
              ✕
            </Button>
          )}
        </Fragment>
      ))}
      {first !== undefined && second !== undefined && (
        <Button size="small" label="Swap the first two" onClick={() => choose([second, first, ...rest])}>
          ⇄
        </Button>
      )}
      {others.length > 0 && keys.length >= 2 && keys.length < MAX_COMPARED && (
        <select
          aria-label="Add to the comparison"
          class="add-compared"
          value=""
          onChange={({ currentTarget }) => choose([...keys, currentTarget.value])}
        >
          <option value="">Add another</option>
          {others.map((one) => (
            <option key={one.key} value={one.key}>
              {one.name}
            </option>
          ))}
        </select>
      )}
      <span class="muted small">{children}</span>
    </div>
  );
}
