/** Something small is under way. */
export function Spinner() {
  return <span class="spinner" aria-hidden="true" />;
}

/** Holds the place of what is being loaded, so that nothing jumps. */
export function Skeleton({ lines = 5 }: { readonly lines?: number }) {
  return (
    <div class="skeleton" role="status">
      <span class="visually-hidden">Loading</span>
      {Array.from({ length: lines }, (_, line) => (
        <i key={line} />
      ))}
    </div>
  );
}

interface ProgressProps {
  readonly label: string;
  readonly value: number;
  readonly max: number;
  /** What stands at the end of the line, for example `12 of 466 MB`. */
  readonly detail?: string;
}

/** How far something has come. */
export function Progress({ label, value, max, detail }: ProgressProps) {
  return (
    <div class="progress">
      <div>
        <span>{label}</span>
        <span class="soft">{detail ?? `${Math.floor(max > 0 ? (value / max) * 100 : 0)} %`}</span>
      </div>
      <progress value={value} max={max} aria-label={label} />
    </div>
  );
}
