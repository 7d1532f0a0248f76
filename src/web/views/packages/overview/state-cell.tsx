import { Time } from '../../../components/time.tsx';
import type { PackageState } from './package-state.ts';

/** What a package does now, with a mark whose shape repeats the words. */
export function StateCell({ state }: { readonly state: PackageState }) {
  const { kind, label, detail, at, doubt } = state;
  return (
    <div class={`state state-${kind}`}>
      <div>
        <span>{label}</span>
        <small class="user-text">
          {detail}
          {at !== undefined && at !== null && (
            <>
              {', '}
              <Time at={at} show="age" />
            </>
          )}
        </small>
        {doubt !== null && <small class="state-doubt">{doubt}</small>}
      </div>
    </div>
  );
}
