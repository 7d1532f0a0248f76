import {
  type BackgroundLoop,
  type BackgroundLoopOptions,
  startBackgroundLoop,
} from '../runtime/background-loop.ts';
import type { Leases } from './leases.ts';

/** Background work that one node at a time repeats: the one with the lease. */
export interface LeasedLoop {
  start(): void;
  /** Ends the pause, if this is the node that works. */
  wake(): void;
  close(): Promise<void>;
}

export interface LeasedLoopOptions extends Omit<BackgroundLoopOptions, 'work'> {
  readonly leases: Pick<Leases, 'want'>;
  /** Name of the lease. */
  readonly name: string;
  /**
   * Called whenever this node gets the lease; what is kept in the work it returns is forgotten with the lease.
   * @param isStopped whether the node has given the lease back
   */
  readonly begin: (isStopped: () => boolean) => BackgroundLoopOptions['work'];
}

/** Does nothing until it is started. */
export function createLeasedLoop({ leases, name, begin, ...options }: LeasedLoopOptions): LeasedLoop {
  let loop: BackgroundLoop | undefined;
  let giveUp = async () => {};

  function startLoop(): () => Promise<void> {
    const own = startBackgroundLoop({ ...options, work: begin(() => own.stopped) });
    loop = own;
    return () => {
      loop = undefined;
      return own.stop();
    };
  }

  return {
    start() {
      giveUp = leases.want(name, startLoop);
    },
    wake: () => loop?.wake(),
    close: () => giveUp(),
  };
}
