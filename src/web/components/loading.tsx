/** Shows that something small is in progress. */
export function Spinner() {
  return <span class="spinner" aria-hidden="true" />;
}

/** Takes the space of content that is loading, so that the layout does not jump. */
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
