import { useRef } from 'preact/hooks';

/** The newest value that was there, so that what is shown stays while its successor is loading. */
export function useNewest<Value>(value: Value | undefined): Value | undefined {
  const newest = useRef(value);
  if (value !== undefined) newest.current = value;
  return newest.current;
}
