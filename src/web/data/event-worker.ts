import { createStreamHub } from './stream-hub.ts';

// A worker that all tabs of the service share; browsers end it after the last of them.
const hub = createStreamHub();
addEventListener('connect', (event) => hub.serve((event as MessageEvent).ports[0]!));
