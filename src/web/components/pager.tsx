import type { ComponentChildren } from 'preact';

interface PagerProps {
  /** What is counted: `93 lots in 9 positions`. */
  readonly children: ComponentChildren;
  /** From 1. */
  readonly page: number;
  readonly pages: number;
  readonly onPage: (page: number) => void;
}

/** Moves through the pages of a list that begins with the newest. */
export function Pager({ children, page, pages, onPage }: PagerProps) {
  const moves = [
    ['Newest', '⇤', 1],
    ['Newer', '←', page - 1],
    ['Older', '→', page + 1],
    ['Oldest', '⇥', pages],
  ] as const;
  return (
    <div class="pager">
      <span>{children}</span>
      {pages > 1 && (
        <span class="row">
          <span class="nowrap">
            {page} of {pages}
          </span>
          {moves.map(([label, sign, to]) => (
            <button
              key={label}
              type="button"
              class="button button-icon"
              aria-label={`${label} page`}
              title={label}
              disabled={to < 1 || to > pages || to === page}
              onClick={() => onPage(to)}
            >
              {sign}
            </button>
          ))}
        </span>
      )}
    </div>
  );
}
