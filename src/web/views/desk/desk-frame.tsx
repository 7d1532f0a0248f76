import { Skeleton } from '../../components/loading.tsx';
import { ErrorNotice } from '../../components/messages.tsx';
import type { ApiError } from '../../data/api-error.ts';
import { Sheet } from './sheet.tsx';

interface DeskFrameProps {
  /** Why there is nothing to show. */
  readonly error: ApiError | undefined;
  readonly onRetry: () => void;
}

/** The sheet before anything is known, so that nothing moves when it is; or why there is nothing. */
export function DeskFrame({ error, onRetry }: DeskFrameProps) {
  if (error !== undefined)
    return (
      <>
        <h1>There is nothing to show here.</h1>
        <ErrorNotice error={error} onRetry={onRetry} />
      </>
    );
  return (
    <Sheet
      notices={null}
      verdict={
        <section class="verdict" aria-label="Verdict">
          <Skeleton lines={3} />
        </section>
      }
      now={
        <section class="now" aria-label="Now">
          <Skeleton lines={3} />
        </section>
      }
      strip={<Skeleton lines={2} />}
      chart={null}
      dock={
        <section class="dock" aria-label="Records">
          <Skeleton lines={8} />
        </section>
      }
      evidence={null}
    />
  );
}
