import type { ComponentChildren } from 'preact';
import type { Resource } from '../data/resource.ts';
import { ErrorNote } from './notes.tsx';
import { Skeleton } from './waiting.tsx';

interface LoadedProps<Data> {
  readonly of: Resource<Data>;
  /** Lines of the place holder; about as high as what will stand there. */
  readonly lines?: number;
  readonly children: (data: Data) => ComponentChildren;
}

/** What a resource holds; its place until then; above it, why it could not be brought up to date. */
export function Loaded<Data>({ of, lines = 5, children }: LoadedProps<Data>) {
  const data = of.data.value;
  const error = of.error.value;
  return (
    <>
      {error !== undefined && <ErrorNote error={error} onRetry={of.reload} />}
      {data !== undefined ? children(data) : error === undefined && <Skeleton lines={lines} />}
    </>
  );
}
