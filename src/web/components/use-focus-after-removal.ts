import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

const FOCUSABLE = 'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), summary';

/** Where the focus was: a row, its place among its siblings, and the place of the control in it. */
interface Place {
  readonly row: Element;
  readonly index: number;
  readonly control: number;
}

/**
 * When the focused row of a list disappears, focuses the same control of the row that takes its place, of the last row
 * where there is none, and the view where no row is left. Call it in the component that renders the rows.
 * @param list has the rows as children
 */
export function useFocusAfterRemoval(list: RefObject<HTMLElement | null>): void {
  const place = useRef<Place | undefined>(undefined);
  useEffect(() => {
    const element = list.current;
    if (element === null) return;
    const remember = ({ target }: FocusEvent) => {
      place.current = placeOf(element, target as Element);
    };
    element.addEventListener('focusin', remember);
    return () => element.removeEventListener('focusin', remember);
  }, []);
  useLayoutEffect(() => {
    const last = place.current;
    if (last === undefined || last.row.isConnected) return;
    place.current = undefined;
    if (document.activeElement === document.body) focusRowAt(list.current, last);
  });
  useLayoutEffect(
    () => () => {
      const last = place.current;
      if (last === undefined) return;
      queueMicrotask(() => {
        if (!last.row.isConnected && document.activeElement === document.body) focusView();
      });
    },
    [],
  );
}

function placeOf(list: Element, target: Element): Place | undefined {
  const row = [...list.children].find((child) => child.contains(target));
  if (row === undefined) return undefined;
  return {
    row,
    index: [...list.children].indexOf(row),
    control: [...row.querySelectorAll(FOCUSABLE)].indexOf(target),
  };
}

function focusRowAt(list: Element | null, { index, control }: Place): void {
  const row = list?.children[Math.min(index, list.children.length - 1)];
  const controls = row?.querySelectorAll<HTMLElement>(FOCUSABLE) ?? [];
  const next = controls[Math.min(Math.max(0, control), controls.length - 1)];
  if (next === undefined) focusView();
  else next.focus();
}

function focusView(): void {
  document.getElementById('main')?.focus({ preventScroll: true });
}
