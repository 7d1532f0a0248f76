import { endOnSignal } from './runtime/run-until-signal.ts';

endOnSignal();
// Loading everything takes a while, and so does the start.
await import('./start.ts');
